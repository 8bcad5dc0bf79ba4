import { Injectable } from '@nestjs/common';

/** Every turn of the loop is this late: a request, which takes dozens of turns, is not answered in its time. */
const LATE_MS = 1_000;
const LATE_FOR_MS = 30_000;
const IN_TIME_MS = 500;
const IN_TIME_FOR_MS = 10_000;

/**
 * Judges whether the event loop is as good as stuck. One that does not turn at all cannot say so, and the time-out
 * of the probe sees it. This is for a process that still answers a probe now and then and nothing else, as when
 * memory is all but used up and the collector runs without end: only a restart helps.
 *
 * Load must not restart anybody. Under ten times what a process can do, the loop is late by tens of milliseconds,
 * because work beyond a limit is refused; here it must be late by a second, on average, for half a minute. It
 * takes ten seconds in time to be believed again.
 */
@Injectable()
export class StuckLoop {
  private stuck = false;
  private changingSince: number | undefined;

  get isStuck(): boolean {
    return this.stuck;
  }

  /** Takes the mean delay of the time since the last call. */
  observe(delayMs: number, nowMs: number): void {
    const contradicts = this.stuck ? delayMs < IN_TIME_MS : delayMs >= LATE_MS;
    if (!contradicts) {
      this.changingSince = undefined;
      return;
    }
    this.changingSince ??= nowMs;
    if (nowMs - this.changingSince >= (this.stuck ? IN_TIME_FOR_MS : LATE_FOR_MS)) {
      this.stuck = !this.stuck;
      this.changingSince = undefined;
    }
  }
}
