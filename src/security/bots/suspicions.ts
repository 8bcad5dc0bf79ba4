export type BotPart = 'sign-ins-per-address' | 'sign-ins-per-email' | 'repeated-messages' | 'fast-messages';

/** What a request tells about one subject. */
export interface Observation {
  readonly part: BotPart;
  /** The name of the subject's score. */
  readonly key: string;
  /** The score beyond which the subject cools down. */
  readonly threshold: number;
  /**
   * When the request is a hit: `always`; `once`, the first time for this {@link onceKey}; `cadence`, when it
   * follows the subject's previous one faster or more evenly than a person would.
   */
  readonly counts: 'always' | 'once' | 'cadence';
  readonly onceKey?: string;
}

export interface StartedCoolDown {
  readonly part: BotPart;
  readonly coolDownMs: number;
}

export interface Verdict {
  /** For how long the caller is refused; 0 when it is not. */
  readonly refusedForMs: number;
  /** The cool-downs that began with this very request. */
  readonly started: readonly StartedCoolDown[];
}

/**
 * Scores that grow with each hit and halve in a half-life. A hit that takes a score beyond its threshold
 * starts a cool-down and sets the score back. While any subject of a request cools down the request is
 * refused and counts for none of them, so a caller that keeps trying is served as soon as it is over.
 */
export interface Suspicions {
  observe(observations: readonly Observation[]): Promise<Verdict>;
}
