import fc from 'fast-check';
import { BOT_TIMING } from '../../../src/security/bots/bot-timing.js';
import {
  decayedScore,
  isInhuman,
  NO_SUSPICION,
  withArrival,
  withHit,
  type Suspicion,
} from '../../../src/security/bots/suspicion.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NEVER = Infinity;

const gaps = fc.array(fc.integer({ min: 0, max: 3 * HOUR }), { maxLength: 40 });

function afterHits(times: readonly number[], threshold = NEVER): Suspicion {
  return times.reduce((suspicion, time) => withHit(suspicion, threshold, time, BOT_TIMING), NO_SUSPICION);
}

function timesOf(gapsBetween: readonly number[]): number[] {
  let now = 0;
  return gapsBetween.map((gap) => (now += gap));
}

describe('A score', () => {
  it('should be the number of hits where they come at once', () => {
    expect(afterHits([5, 5, 5, 5]).score).toBe(4);
  });

  it('should halve in every half-life', () => {
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 11 }), (between, halvings) => {
        const suspicion = afterHits(timesOf(between));
        const now = suspicion.scoredAt + halvings * BOT_TIMING.halfLifeMs;
        expect(decayedScore(suspicion, now, BOT_TIMING)).toBeCloseTo(suspicion.score / 2 ** halvings, 9);
      }),
    );
  });

  it('should never be negative, never rise by itself, and be nothing once forgotten', () => {
    fc.assert(
      fc.property(gaps, fc.nat(3 * HOUR), fc.nat(3 * HOUR), (between, first, second) => {
        const suspicion = afterHits(timesOf(between));
        const early = decayedScore(suspicion, suspicion.scoredAt + first, BOT_TIMING);
        const late = decayedScore(suspicion, suspicion.scoredAt + first + second, BOT_TIMING);
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThanOrEqual(early);
        const forgottenAt = suspicion.scoredAt + BOT_TIMING.forgottenAfterMs;
        expect(decayedScore(suspicion, forgottenAt, BOT_TIMING)).toBe(0);
      }),
    );
  });

  it('should be no lower for one more hit, wherever it comes', () => {
    fc.assert(
      fc.property(gaps, fc.nat(100 * HOUR), (between, extra) => {
        const times = timesOf(between);
        const end = Math.max(0, ...times, extra);
        // The moment of forgetting is a step down, which one more hit may move.
        const timing = { ...BOT_TIMING, forgottenAfterMs: NEVER };
        const scoreOf = (hits: number[]): number => {
          const sum = hits.reduce((before, time) => withHit(before, NEVER, time, timing), NO_SUSPICION);
          return decayedScore(sum, end, timing);
        };
        const more = [...times, extra].sort((a, b) => a - b);
        expect(scoreOf(more)).toBeGreaterThanOrEqual(scoreOf(times));
      }),
    );
  });

  it('should not be inflated by a clock that goes back', () => {
    expect(decayedScore(afterHits([HOUR, HOUR]), 0, BOT_TIMING)).toBe(2);
  });
});

describe('A cool-down', () => {
  it('should begin with the first hit beyond the threshold, and set the score back', () => {
    expect(afterHits([0, 0, 0], 3).coolsUntil).toBe(-Infinity);
    expect(afterHits([0, 0, 0, 0], 3)).toMatchObject({ score: 0, coolsUntil: MINUTE, coolDowns: 1 });
  });

  it('should be twice as long each time within a day, up to an hour', () => {
    let suspicion = NO_SUSPICION;
    const minutes = Array.from({ length: 9 }, () => {
      const now = Math.max(0, suspicion.coolsUntil);
      suspicion = withHit(suspicion, 0, now, BOT_TIMING);
      return (suspicion.coolsUntil - now) / MINUTE;
    });
    expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('should be a first one again a day after the last', () => {
    const second = withHit(withHit(NO_SUSPICION, 0, 0, BOT_TIMING), 0, MINUTE, BOT_TIMING);
    const end = second.coolsUntil;
    const soon = withHit(second, 0, end + 24 * HOUR - 1, BOT_TIMING);
    const late = withHit(second, 0, end + 24 * HOUR, BOT_TIMING);
    expect(soon.coolsUntil - (end + 24 * HOUR - 1)).toBe(4 * MINUTE);
    expect(late.coolsUntil - (end + 24 * HOUR)).toBe(MINUTE);
  });
});

describe('The cadence of a machine', () => {
  it.each([
    ['a first message', [], 0, false],
    ['half a second after the previous one', [0], 500, false],
    ['less than half a second after the previous one', [0], 499, true],
    ['two even gaps', [0, 6_000], 12_000, false],
    ['three gaps that differ by less than 50 ms', [0, 6_000, 12_020], 18_049, true],
    ['three gaps of which one differs by 50 ms', [0, 6_000, 12_000], 18_050, false],
    ['gaps of a person', [0, 7_300, 19_850], 26_900, false],
  ])('should be told by %s: %j then %i is %s', (_name, arrivals, now, expected) => {
    expect(isInhuman(arrivals, now, BOT_TIMING)).toBe(expected);
  });

  it('should be read from the last three arrivals alone', () => {
    const suspicion = [1, 2, 3, 4, 5].reduce(withArrival, NO_SUSPICION);
    expect(suspicion.arrivals).toEqual([3, 4, 5]);
  });
});
