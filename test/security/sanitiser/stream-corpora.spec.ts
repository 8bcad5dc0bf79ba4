import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sanitiser } from '../../../src/security/sanitiser/sanitiser.service.js';
import { piecesOf, streamed } from './streamed.js';

const FOLDER = join(__dirname, '../../../../shared/corpora');
const hasCorpora = existsSync(join(FOLDER, 'benign-chat.jsonl'));

describe('sanitised stream, on public corpora', () => {
  if (!hasCorpora) {
    console.log(`Skipped: no corpora at ${FOLDER}.`);
    it.skip('should give what sanitising the whole text gives', () => undefined);
    return;
  }
  const sanitiser = new Sanitiser();
  const textsOf = (file: string, field: string): string[] =>
    readFileSync(join(FOLDER, file), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => String((JSON.parse(line) as Record<string, unknown>)[field]));

  it.each([
    ['benign-chat.jsonl', 'text', 0],
    ['sanitize-expect.jsonl', 'input', 0],
    // `<?import`, an instruction that is not closed.
    ['attacks-web.jsonl', 'text', 1],
  ])('should give for %s what sanitising the whole text gives', async (file, field, exceptions) => {
    const different: string[] = [];
    for (const text of textsOf(file, field)) {
      const result = await streamed(sanitiser.stream(), piecesOf(text, [7]));
      expect(await sanitiser.sanitise(result)).toBe(result);
      if (result !== (await sanitiser.sanitise(text))) different.push(text);
    }
    expect([different.length <= exceptions, different]).toEqual([true, different]);
  });
});
