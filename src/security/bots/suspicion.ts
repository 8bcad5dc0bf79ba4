import type { BotTiming } from './bot-timing.js';

/** What is remembered of one subject. Times are milliseconds of one clock. */
export interface Suspicion {
  readonly score: number;
  /** When the score was what it says; it has decayed since. */
  readonly scoredAt: number;
  /** Until when the latest cool-down lasts or lasted. */
  readonly coolsUntil: number;
  readonly coolDowns: number;
  /** When the latest messages came, at most three, the latest last. */
  readonly arrivals: readonly number[];
}

export const NO_SUSPICION: Suspicion = {
  score: 0,
  scoredAt: 0,
  coolsUntil: -Infinity,
  coolDowns: 0,
  arrivals: [],
};

const REMEMBERED_ARRIVALS = 3;

/** What is left of a score. */
export function decayedScore({ score, scoredAt }: Suspicion, now: number, timing: BotTiming): number {
  const elapsedMs = Math.max(0, now - scoredAt);
  return elapsedMs >= timing.forgottenAfterMs ? 0 : score * 2 ** (-elapsedMs / timing.halfLifeMs);
}

/** Adds a hit; the result cools down from now on where that takes the score beyond the threshold. */
export function withHit(suspicion: Suspicion, threshold: number, now: number, timing: BotTiming): Suspicion {
  const score = decayedScore(suspicion, now, timing) + 1;
  if (score <= threshold) {
    return { ...suspicion, score, scoredAt: now };
  }
  const isPardoned = now - suspicion.coolsUntil >= timing.pardonedAfterMs;
  const coolDowns = isPardoned ? 0 : suspicion.coolDowns;
  return {
    ...suspicion,
    score: 0,
    scoredAt: now,
    coolsUntil: now + Math.min(timing.longestCoolDownMs, timing.coolDownMs * 2 ** coolDowns),
    coolDowns: coolDowns + 1,
  };
}

/**
 * Whether a message that arrives now looks sent by a machine: it follows the previous one at once, or the
 * last three gaps are as even as a timer makes them.
 */
export function isInhuman(arrivals: readonly number[], now: number, timing: BotTiming): boolean {
  const moments = [...arrivals, now];
  const gaps = moments.slice(1).map((moment, index) => moment - (moments[index] as number));
  const latest = gaps.at(-1) ?? Infinity;
  const isEven =
    gaps.length >= REMEMBERED_ARRIVALS && Math.max(...gaps) - Math.min(...gaps) < timing.evenGapsMs;
  return latest < timing.fastestGapMs || isEven;
}

export function withArrival(suspicion: Suspicion, now: number): Suspicion {
  return { ...suspicion, arrivals: [...suspicion.arrivals, now].slice(-REMEMBERED_ARRIVALS) };
}
