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

  /** Must be called when the reply has ended. */
  release(): void {
    clearTimeout(this.timer);
  }
}
