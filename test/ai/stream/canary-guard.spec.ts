import fc from 'fast-check';
import { newCanary } from '../../../src/ai/canary.js';
import { CanaryGuard } from '../../../src/ai/stream/canary-guard.js';
import { cut, through } from './pieces.js';

const CANARY = 'q7bx9kdm3wzt';

function heard(text: string): { text: string; hasLeaked: boolean } {
  const guard = new CanaryGuard(CANARY);
  return { text: through(guard, Array.from(text)), hasLeaked: guard.hasLeaked };
}

describe('newCanary', () => {
  it('makes another one each time, whose first character is in it once', () => {
    const canaries = Array.from({ length: 200 }, newCanary);

    expect(new Set(canaries).size).toBe(200);
    expect(canaries.filter((canary) => !/^q[a-pr-z\d]{11}$/.test(canary))).toEqual([]);
  });
});

describe('CanaryGuard', () => {
  it.each([
    ['as it is', CANARY],
    ['in capitals', CANARY.toUpperCase()],
    ['spelt out', Array.from(CANARY).join(' ')],
    ['with dashes', Array.from(CANARY).join('-')],
    ['with invisible characters', Array.from(CANARY).join('\u200b')],
    ['over lines', Array.from(CANARY).join('\n> ')],
    [
      'with emphasis',
      Array.from(CANARY)
        .map((letter) => `**${letter}**`)
        .join(''),
    ],
    [
      'in wide letters',
      Array.from(CANARY)
        .map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
        .join(''),
    ],
    ['after a false start', `q7bx${CANARY}`],
  ])('ends the reply before the canary: %s', (_, written) => {
    const { text, hasLeaked } = heard(`My mark is: ${written} and it is secret.`);

    expect(hasLeaked).toBe(true);
    expect(text).toMatch(/^My mark is: (q7bx|\*\*)?$/);
  });

  it('lets nothing through afterwards', () => {
    const guard = new CanaryGuard(CANARY);

    expect([guard.push(`a${CANARY}b`), guard.push('c'), guard.end()]).toEqual(['a', '', '']);
  });

  it.each([
    ['a part of it', CANARY.slice(0, 11)],
    ['another word', 'Quality, FAQ, Iraq and qi; q7bx9kdm3wzy'],
    ['letters in between', Array.from(CANARY).join('e')],
    ['too far apart', Array.from(CANARY).join(' '.repeat(300))],
  ])('alters nothing else: %s', (_, written) => {
    expect(heard(written)).toEqual({ text: written, hasLeaked: false });
  });

  it('holds back only what may become one', () => {
    const guard = new CanaryGuard(CANARY);

    expect([guard.push('Hello '), guard.push('Iraq'), guard.push('i q7b'), guard.push('y')]).toEqual([
      'Hello ',
      'Ira',
      'qi ',
      'q7by',
    ]);
  });

  it('finds the canary, and nothing where there is none, however the text is cut', () => {
    const near = fc.string({
      unit: fc.constantFrom(...Array.from(CANARY), 'Q', ' ', 'é', '😀', '\n'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(cut(near), fc.boolean(), near, ({ whole, pieces }, isLeaking, after) => {
        const guard = new CanaryGuard(CANARY);
        const text = through(
          guard,
          isLeaking ? [...pieces, CANARY.slice(0, 5), CANARY.slice(5), after] : pieces,
        );

        expect(guard.hasLeaked).toBe(isLeaking || guard.hasLeaked);
        if (guard.hasLeaked) {
          expect(whole.startsWith(text)).toBe(true);
        } else {
          expect(text).toBe(whole);
        }
        expect(text.toLowerCase()).not.toContain(CANARY);
      }),
      { numRuns: 500 },
    );
  });
});
