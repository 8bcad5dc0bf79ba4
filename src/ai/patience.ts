import type { Deadline } from './deadline.js';

/** How long a model may take to its first word, so that there is time for those after it. */
export class Patience {
  /** Aborts when it is exhausted, and with the deadline. */
  readonly signal: AbortSignal;
  private readonly timer: NodeJS.Timeout;

  constructor(ms: number, deadline: Deadline) {
    const exhausted = new AbortController();
    this.timer = setTimeout(() => exhausted.abort(), ms);
    this.signal = AbortSignal.any([deadline.signal, exhausted.signal]);
  }

  /** From now on only the deadline counts. Must be called in any case. */
  stop(): void {
    clearTimeout(this.timer);
  }
}
