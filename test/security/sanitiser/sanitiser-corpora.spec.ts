import { JSDOM } from 'jsdom';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeForbiddenCharacters } from '../../../src/security/sanitiser/forbidden-characters.js';
import { Sanitiser } from '../../../src/security/sanitiser/sanitiser.service.js';

interface Expectation {
  id: string;
  tier: 'core' | 'hard';
  input: string;
  must_not_contain: string[];
  must_keep: string[];
}

const FOLDER = join(__dirname, '../../../../shared/corpora');
const hasCorpora = existsSync(join(FOLDER, 'sanitize-expect.jsonl'));

function rowsOf<T>(file: string): T[] {
  const lines = readFileSync(join(FOLDER, file), 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as T);
}

const { document, HTMLTemplateElement, HTMLUnknownElement, NodeFilter } = new JSDOM('').window;

/** Whether a browser's parser finds an element of HTML, an attribute or a comment in a text. */
function holdsLiveHtml(text: string): boolean {
  // In a body a parser passes over parts of tables, in a template it does not.
  return ['body', 'template'].some((name) => {
    const parent = document.createElement(name);
    parent.innerHTML = text.replaceAll('&', '&amp;');
    const root = parent instanceof HTMLTemplateElement ? parent.content : parent;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (!(node instanceof HTMLUnknownElement) || node.attributes.length > 0) return true;
    }
    return false;
  });
}

describe('sanitiser, on public corpora', () => {
  if (!hasCorpora) {
    console.log(`Skipped: no corpora at ${FOLDER}.`);
    it.skip('should do what public corpora ask for', () => undefined);
    return;
  }
  const sanitiser = new Sanitiser();

  it('should do what the expectations ask for: all of core, nine tenths of hard', async () => {
    const failures: Record<Expectation['tier'], string[]> = { core: [], hard: [] };
    const rows = rowsOf<Expectation>('sanitize-expect.jsonl');
    for (const { id, tier, input, must_not_contain: banned, must_keep: kept } of rows) {
      const clean = await sanitiser.sanitise(input);
      const lower = clean.toLowerCase();
      const isMet =
        kept.every((part) => clean.includes(part)) && !banned.some((part) => lower.includes(part));
      if (!isMet) failures[tier].push(id);
      expect(await sanitiser.sanitise(clean)).toBe(clean);
    }
    const hard = rows.filter(({ tier }) => tier === 'hard').length;
    console.log(`Expectations: ${rows.length}, failed: ${JSON.stringify(failures)}`);
    expect(failures.core).toEqual([]);
    expect(failures.hard.length).toBeLessThanOrEqual(hard / 10);
  });

  it('should alter only those harmless messages that hold live HTML or a forbidden character', async () => {
    const altered: string[] = [];
    const rows = rowsOf<{ id: string; text: string }>('benign-chat.jsonl');
    for (const { id, text } of rows) {
      if ((await sanitiser.sanitise(text)) === text) continue;
      altered.push(id);
      expect([id, holdsLiveHtml(text) || removeForbiddenCharacters(text) !== text]).toEqual([id, true]);
    }
    console.log(`Harmless messages: ${rows.length}, altered: ${altered.length} (${altered.join(', ')})`);
    expect(altered.length).toBeLessThanOrEqual(rows.length / 100);
  });
});
