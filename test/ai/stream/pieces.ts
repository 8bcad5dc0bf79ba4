import fc from 'fast-check';
import type { ReplyStage } from '../../../src/ai/stream/reply-stage.js';

/** What a stage lets through of a text that comes in these pieces. */
export function through(stage: ReplyStage, pieces: readonly string[]): string {
  return pieces.map((piece) => stage.push(piece)).join('') + stage.end();
}

/** A text, cut into pieces at any places. */
export function cut(text: fc.Arbitrary<string>): fc.Arbitrary<{ whole: string; pieces: string[] }> {
  return fc
    .record({ whole: text, cuts: fc.array(fc.nat({ max: 400 }), { maxLength: 40 }) })
    .map(({ whole, cuts }) => {
      const places = [0, ...cuts.filter((place) => place < whole.length).sort((a, b) => a - b), whole.length];
      return { whole, pieces: places.slice(1).map((end, index) => whole.slice(places[index], end)) };
    });
}
