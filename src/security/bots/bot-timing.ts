const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How suspicion grows and fades; all in milliseconds. */
export interface BotTiming {
  /** After which half of a score is left. */
  readonly halfLifeMs: number;
  /** After which without a hit nothing is left of a score, and the same text of a session is news again. */
  readonly forgottenAfterMs: number;
  /** The first cool-down; each next one is twice as long. */
  readonly coolDownMs: number;
  readonly longestCoolDownMs: number;
  /** After the end of a cool-down, when the next one is a first one again. */
  readonly pardonedAfterMs: number;
  /** Nobody reads a reply and types the next message in less. */
  readonly fastestGapMs: number;
  /** By how little three gaps in a row differ only where a timer set them. */
  readonly evenGapsMs: number;
}

export const BOT_TIMING: BotTiming = {
  halfLifeMs: 10 * MINUTE_MS,
  forgottenAfterMs: 2 * HOUR_MS,
  coolDownMs: MINUTE_MS,
  longestCoolDownMs: HOUR_MS,
  pardonedAfterMs: 24 * HOUR_MS,
  fastestGapMs: 500,
  evenGapsMs: 50,
};
