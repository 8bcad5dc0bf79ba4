import { familyScores, findHits } from '../../../src/security/screening/scoring.js';
import { EXAMPLES } from './examples/all.examples.js';

const LENGTH = 4000;
const repeated = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** The beginnings of every example: what makes a pattern start, over and over, and never end. */
const UNITS = [
  ...new Set(
    Object.values(EXAMPLES).flatMap(([attack]) => [
      attack,
      ` ${attack}`,
      attack.slice(0, 3),
      attack.slice(0, 9),
    ]),
  ),
];

const OPEN = /(?<![\\(])[*+]|\{\d+,\}/;
const withoutClasses = (source: string): string =>
  source
    .replace(/\\p\{\w+\}|\\[\s\S]/g, 'e')
    .replace(/\[[^\]]*\]/g, 'c')
    .replace(/\(\?<?[=!:]/g, '(');
/** A pattern that is a run of one class takes each character once; one with a fixed beginning is tried once. */
const isLinear = (source: string): boolean =>
  /^[ce](?:[*+]|\{\d+,\})[^*+]*$/.test(source) ||
  (source.startsWith('^') && !/\)(?:[*+]|\{\d+,\})/.test(source));
/** Groups that repeat without an upper bound, and why they are linear all the same. */
const REPEATED_GROUPS = [
  // Each repetition begins with a percent sign, which none of them contains.
  /^\(%c\{2\}\)\+$/,
  // Pairs of digits with a space behind each: a failed start fails again within one pair.
  /^\(ec\{2\} \)\{7,\}c\{2\}e$/,
  /^\^\(c\{2\}\)\+\$$/,
  // Each repetition begins with a mark that a word has not: one word, one way to read it.
  /^\^c\?c\+\(cc\+\)\*c\*\$\|\^#\?e\?e\+\(ce\+\)\*c\*\$$/,
  // Ends where the next verb begins, so two starts never share a run.
  /^\(ignore\|[a-z|]*\)\(all\|[a-z|]*\)\*/,
];

/** How often a pattern was tried while `run` ran. No clock is read. */
function searches(run: () => void, sources: Set<string>): number {
  const own = Object.getOwnPropertyDescriptor(RegExp.prototype, 'exec') ?? {};
  const exec = own.value as (this: RegExp, text: string) => RegExpExecArray | null;
  let count = 0;
  const counted = function (this: RegExp, text: string): RegExpExecArray | null {
    count += 1;
    sources.add(this.source);
    return exec.call(this, text);
  };
  Object.defineProperty(RegExp.prototype, 'exec', { ...own, value: counted });
  try {
    run();
  } finally {
    Object.defineProperty(RegExp.prototype, 'exec', own);
  }
  return count;
}

describe('the work that screening does', () => {
  const sources = new Set<string>();
  const work = (text: string): number => searches(() => void familyScores(findHits(text)), sources);

  it('should grow with the length of the message and not faster', () => {
    const faster = UNITS.map((unit) => ({
      unit,
      once: work(repeated(unit, LENGTH)),
      twice: work(repeated(unit, 2 * LENGTH)),
    })).filter(({ once, twice }) => twice > 2.2 * once);
    expect(faster).toEqual([]);
  });

  it('should be at most six searches for each character', () => {
    const most = Math.max(...UNITS.map((unit) => work(repeated(unit, LENGTH))));
    expect(most).toBeLessThan(6 * LENGTH);
  });

  it('should use no pattern whose cost grows faster than the text', () => {
    for (const [attack, nearMiss] of Object.values(EXAMPLES)) work(`${attack}\n${nearMiss}`);
    const open = [...sources].filter((source) => OPEN.test(withoutClasses(source)));
    const groups = open.map(withoutClasses).filter((source) => !isLinear(source));
    expect(sources.size).toBeGreaterThan(250);
    expect(groups.filter((source) => !REPEATED_GROUPS.some((known) => known.test(source)))).toEqual([]);
  });
});
