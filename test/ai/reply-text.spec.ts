import fc from 'fast-check';
import { ReplyText } from '../../src/ai/reply-text.js';

function deltasOf(pieces: readonly string[]): { text: ReplyText; deltas: string[] } {
  const text = new ReplyText();
  return { text, deltas: pieces.map((piece) => text.push(piece)) };
}

describe('ReplyText', () => {
  it('lets ordinary text through at once', () => {
    expect(deltasOf(['Hello ', 'there', '\n', '\n']).deltas).toEqual(['Hello ', 'there', '\n', '\n']);
  });

  it('says nothing before the first visible character, and then loses nothing', () => {
    expect(deltasOf(['\n', ' ', 'Hi', ' ']).deltas).toEqual(['', '', '\n Hi', ' ']);
  });

  it('has no text while only blanks came', () => {
    const { text, deltas } = deltasOf(['\n', ' ', '\u0000']);

    expect(deltas).toEqual(['', '', '']);
    expect(text.value).toBe('');
  });

  it('joins a character that a model has split', () => {
    const [first, second] = ['😀'[0]!, '😀'[1]!];

    expect(deltasOf([`Hi ${first}`, `${second}!`]).deltas).toEqual(['Hi ', '😀!']);
  });

  it('drops the half of a character that never came whole', () => {
    expect(deltasOf(['Hi ', '😀'[0]!]).text.value).toBe('Hi ');
    expect(deltasOf(['Hi ', '😀'[1]!]).text.value).toBe('Hi \uFFFD');
  });

  it('drops NUL, which PostgreSQL refuses', () => {
    expect(deltasOf(['a\u0000b', '\u0000']).deltas).toEqual(['ab', '']);
  });

  it('yields well-formed deltas that join to the text, however it was split', () => {
    const anyText = fc.string({
      unit: fc.oneof(fc.constantFrom(' ', '\n', '\u0000', '😀', '👨‍👩‍👧'), fc.string({ maxLength: 1 })),
    });
    fc.assert(
      fc.property(anyText, fc.array(fc.nat({ max: 60 })), (whole, cuts) => {
        const at = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end));

        const { text, deltas } = deltasOf(pieces);

        expect(deltas.join('')).toBe(text.value);
        expect(deltas.every((delta) => delta.isWellFormed())).toBe(true);
        const expected = whole.replaceAll('\0', '').toWellFormed();
        expect(text.value).toBe(expected.trim() === '' ? '' : expected);
      }),
    );
  });
});
