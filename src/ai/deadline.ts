import { setTimeout as delay } from 'node:timers/promises';

/** What may end a reply from outside: the time allowed for it, or its caller. */
export class Deadline {
  /** Aborts as soon as either has ended it. */
  readonly signal: AbortSignal;
  private readonly expiry = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly endsAt: number;

  constructor(
    timeoutMs: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.endsAt = performance.now() + timeoutMs;
    // Not AbortSignal.timeout(): its timer would outlive every short reply by the whole time allowed.
    this.timer = setTimeout(() => this.expiry.abort(), timeoutMs);
    this.signal = caller === undefined ? this.expiry.signal : AbortSignal.any([this.expiry.signal, caller]);
  }

  get isCancelled(): boolean {
    return this.caller?.aborted ?? false;
  }

  /** Milliseconds, never negative. */
  get remainingMs(): number {
    return Math.max(0, this.endsAt - performance.now());
  }

  /** Waits so long, or until it is over. */
  async wait(ms: number): Promise<void> {
    // It throws only where the signal aborts, which its caller looks at anyway.
    await delay(ms, undefined, { signal: this.signal }).catch(() => undefined);
  }

  /** Must be called when the reply has ended. */
  release(): void {
    clearTimeout(this.timer);
  }
}
