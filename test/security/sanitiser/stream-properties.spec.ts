import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { removeForbiddenCharacters } from '../../../src/security/sanitiser/forbidden-characters.js';
import { Sanitiser } from '../../../src/security/sanitiser/sanitiser.service.js';
import { dangerousText } from './dangerous-text.js';
import { benignReply, dangerousReply } from './reply-text.js';
import { dangerWhenRendered } from './rendered.js';
import { cuts, piecesOf, streamed } from './streamed.js';

/** Cases of all properties together; SANITISER_RUNS raises it for a longer search. */
const RUNS = Number(process.env.SANITISER_RUNS ?? 10_000);
const TIMEOUT = 60_000 + RUNS * 20;

const sanitiser = new Sanitiser();

describe('sanitised stream properties', () => {
  it(
    'should give clean text that does not depend on the pieces',
    async () => {
      const text = fc.oneof(dangerousText, dangerousReply);
      const property = fc.asyncProperty(text, cuts, async (text, lengths) => {
        await setImmediate();
        const result = await streamed(sanitiser.stream(), piecesOf(text, lengths));
        expect(await streamed(sanitiser.stream(), [text])).toBe(result);
        expect(await sanitiser.sanitise(result)).toBe(result);
        expect(await streamed(sanitiser.stream(), [result])).toBe(result);
        expect(removeForbiddenCharacters(result)).toBe(result);
        expect(dangerWhenRendered(result)).toBeUndefined();
      });
      await fc.assert(property, { numRuns: Math.ceil(RUNS * 0.2) });
    },
    TIMEOUT,
  );

  it(
    'should give harmless replies as they are',
    async () => {
      const property = fc.asyncProperty(benignReply, cuts, async (text, lengths) => {
        await setImmediate();
        const result = await streamed(sanitiser.stream(), piecesOf(text, lengths));
        expect(result).toBe(await sanitiser.sanitise(text));
        expect(result).toBe(text);
      });
      await fc.assert(property, { numRuns: Math.ceil(RUNS * 0.05) });
    },
    TIMEOUT,
  );

  it(
    'should give clean text where it is too dense to be parsed as a whole',
    async () => {
      const dense = fc.array(dangerousReply, { minLength: 8, maxLength: 12 }).map((parts) => {
        const text = parts.join('\n\n');
        return text.repeat(Math.ceil(9_000 / text.length)) + '\n\n- *_`a`_*'.repeat(800);
      });
      const property = fc.asyncProperty(dense, async (text) => {
        const result = await streamed(sanitiser.stream(), piecesOf(text, [500]));
        expect((await sanitiser.sanitise(result)) === result).toBe(true);
      });
      await fc.assert(property, { numRuns: Math.ceil(RUNS * 0.0005) });
    },
    TIMEOUT,
  );

  const eachPiece =
    (sanitise: (piece: string) => Promise<string>) =>
    async (pieces: readonly string[]): Promise<string> =>
      (await Promise.all(pieces.map(sanitise))).join('');

  it.each<[string, (pieces: readonly string[]) => Promise<string>]>([
    ['lets everything go at once', eachPiece((piece) => Promise.resolve(removeForbiddenCharacters(piece)))],
    ['sanitises piece by piece', eachPiece((piece) => sanitiser.sanitise(piece))],
    [
      'sanitises paragraph by paragraph',
      (pieces) => eachPiece((part) => sanitiser.sanitise(part))(pieces.join('').split(/(?<=\n\n)/)),
    ],
  ])('should find out a stream that %s', async (_what, broken) => {
    const property = fc.asyncProperty(
      fc.oneof(dangerousText, dangerousReply),
      cuts,
      async (text, lengths) => {
        const result = await broken(piecesOf(text, lengths));
        expect(await sanitiser.sanitise(result)).toBe(result);
      },
    );
    const details = await fc.check(property, { numRuns: 2_000, endOnFailure: true });
    expect(details.failed).toBe(true);
  });
});
