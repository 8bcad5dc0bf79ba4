import fc from 'fast-check';
import { type SanitisedStream } from '../../../src/security/sanitiser/sanitised-stream.js';

/** Where a text is cut into pieces: lengths that are used again and again. */
export const cuts: fc.Arbitrary<number[]> = fc.oneof(
  fc.constantFrom<number[]>([1], [100_000]),
  fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 }),
);

export function piecesOf(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, index = 0; at < text.length; index += 1) {
    const length = lengths[index % lengths.length] ?? 1;
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** What a stream gives in all. */
export async function streamed(stream: SanitisedStream, pieces: readonly string[]): Promise<string> {
  let result = '';
  for (const piece of pieces) result += await stream.push(piece);
  return result + (await stream.end());
}
