import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'packages/client/README.md',
  ...globSync('docs/**/*.md', { cwd: ROOT }),
];

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');

  it('should name only files that exist', () => {
    const named = [...text.matchAll(/`((?:test|src|scripts|docs|deploy|bench|migrations)\/[\w./-]+\.\w+)`/g)];
    const missing = named.map(([, path]) => path!).filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });

  it('should link only to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)];
    const missing = links
      .map(([, path]) => path!)
      .filter((path) => !existsSync(join(ROOT, dirname(document), path)));
    expect(missing).toEqual([]);
  });
});

describe('The OWASP tables', () => {
  const rows = readFileSync(join(ROOT, 'docs/owasp.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| (API|LLM)\d+ /.test(line));

  it('should have a row for each of the twenty risks, with a test that shows it', () => {
    const risks = rows.map((row) => /^\| (\w+) /.exec(row)?.[1]);
    expect(risks).toEqual([
      ...Array.from({ length: 10 }, (_, index) => `API${index + 1}`),
      ...Array.from({ length: 10 }, (_, index) => `LLM${String(index + 1).padStart(2, '0')}`),
    ]);
    for (const row of rows) {
      expect(row).toMatch(/`(test|scripts)\/[^`]+`[^|]*\|$/);
    }
  });
});
