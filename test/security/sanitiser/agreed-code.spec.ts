import { agreedCode } from '../../../src/security/sanitiser/agreed-code.js';
import { loadMarkdownParsers, type CodeReader } from '../../../src/security/sanitiser/markdown-parsers.js';

const TEXT = '`<b>` and `harmless`';

/** Whether the two code spans of TEXT count as code when one more renderer has its say. */
async function codeWith(reader: CodeReader): Promise<boolean[]> {
  const { regions } = await loadMarkdownParsers();
  const code = await agreedCode(TEXT, { regions, readersOf: () => [reader] });
  return [code.has(TEXT.indexOf('<b>')), code.has(TEXT.indexOf('harmless'))];
}

describe('agreed code', () => {
  it('should be what another renderer takes for code as well, as often as it stands there', async () => {
    expect(await codeWith(() => [' <b>\n', 'harmless'])).toEqual([true, true]);
  });

  it('should not be what would do harm as text, unless all agree', async () => {
    expect(await codeWith(() => ['b'])).toEqual([false, true]);
  });

  it('should not be what a renderer cannot read for want of stack', async () => {
    const overflow = (): string[] => overflow();
    expect(await codeWith(overflow)).toEqual([false, true]);
  });

  it('should pass on any other failure of a renderer', async () => {
    const failing = (): string[] => {
      throw new TypeError('broken');
    };
    await expect(codeWith(failing)).rejects.toThrow('broken');
  });
});
