import fc from 'fast-check';
import { ReplyText } from '../../../src/ai/stream/reply-text.js';

function deltasOf(pieces: readonly string[]): string[] {
  const text = new ReplyText();
  const deltas = pieces.map((piece) => text.push(piece));
  expect(text.end()).toBe('');
  return deltas;
}

describe('ReplyText', () => {
  it('lets ordinary text through at once', () => {
    expect(deltasOf(['Hello ', 'there', '\n', '\n'])).toEqual(['Hello ', 'there', '\n', '\n']);
  });

  it('says nothing before the first visible character, and then loses nothing', () => {
    expect(deltasOf(['\n', ' ', 'Hi', ' '])).toEqual(['', '', '\n Hi', ' ']);
  });

  it('has no text while only blanks came', () => {
    expect(deltasOf(['\n', ' ', '\u0000'])).toEqual(['', '', '']);
  });

  it('joins a character that a model has split', () => {
    const [first, second] = ['😀'[0]!, '😀'[1]!];

    expect(deltasOf([`Hi ${first}`, `${second}!`])).toEqual(['Hi ', '😀!']);
  });

  it('drops the half of a character that never came whole', () => {
    expect(deltasOf(['Hi ', '😀'[0]!]).join('')).toBe('Hi ');
    expect(deltasOf(['Hi ', '😀'[1]!]).join('')).toBe('Hi \uFFFD');
  });

  it('drops NUL, which PostgreSQL refuses', () => {
    expect(deltasOf(['a\u0000b', '\u0000'])).toEqual(['ab', '']);
  });

  it('yields well-formed deltas that join to the text, however it was split', () => {
    const anyText = fc.string({
      unit: fc.oneof(fc.constantFrom(' ', '\n', '\u0000', '😀', '👨‍👩‍👧'), fc.string({ maxLength: 1 })),
    });
    fc.assert(
      fc.property(anyText, fc.array(fc.nat({ max: 60 })), (whole, cuts) => {
        const at = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end));

        const deltas = deltasOf(pieces);

        expect(deltas.every((delta) => delta.isWellFormed())).toBe(true);
        const expected = whole.replaceAll('\0', '').toWellFormed();
        expect(deltas.join('')).toBe(expected.trim() === '' ? '' : expected);
      }),
    );
  });
});
