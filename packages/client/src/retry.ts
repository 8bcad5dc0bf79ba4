import { ParleyProblem, ParleyUnreachable } from './problem.js';

export interface RetryOptions {
  /** How often a call is tried in all; for streams, how often without anything new in between. */
  readonly attempts?: number;
  /** The first pause; each is twice the one before, with jitter. */
  readonly firstDelayMs?: number;
  readonly longestDelayMs?: number;
  /** A service that asks for a longer pause is not waited for. */
  readonly longestRetryAfterMs?: number;
}

/** What is about to happen after a failure, to show it. */
export interface RetryNotice {
  /** 1 before the first repetition. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: ParleyProblem | ParleyUnreachable;
}

export const DEFAULT_RETRY: Required<RetryOptions> = {
  attempts: 5,
  firstDelayMs: 500,
  longestDelayMs: 15_000,
  longestRetryAfterMs: 60_000,
};

const RETRIABLE_CODES: ReadonlySet<string> = new Set([
  'turn_in_progress',
  'rate_limited',
  'service_unavailable',
]);
/** What something in between says while the service cannot be reached. */
const RETRIABLE_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/** Counts the failures of one call and waits between them. */
export class Attempts {
  private failures = 0;

  constructor(
    private readonly options: Required<RetryOptions>,
    private readonly onRetry: ((notice: RetryNotice) => void) | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Something new has come: the next failure is a first one again. */
  succeeded(): void {
    this.failures = 0;
  }

  /** Waits until the call may be repeated; throws the error where it may not. */
  async waitAfter(error: unknown, isSafe = true): Promise<void> {
    this.signal?.throwIfAborted();
    if (!isRetriable(error) || (!isSafe && error instanceof ParleyUnreachable)) {
      throw error;
    }
    this.failures += 1;
    const delayMs = this.delayAfter(error);
    if (this.failures >= this.options.attempts || delayMs === undefined) {
      throw error;
    }
    this.onRetry?.({ attempt: this.failures, delayMs, error });
    this.signal?.throwIfAborted();
    await sleep(delayMs, this.signal);
  }

  /** Jitter keeps clients that failed together from coming back together. */
  private delayAfter(error: ParleyProblem | ParleyUnreachable): number | undefined {
    const { firstDelayMs, longestDelayMs, longestRetryAfterMs } = this.options;
    const asked = error instanceof ParleyProblem ? error.retryAfterMs : undefined;
    if (asked !== undefined) {
      return asked > longestRetryAfterMs ? undefined : asked + firstDelayMs * Math.random();
    }
    return Math.min(longestDelayMs, firstDelayMs * 2 ** (this.failures - 1)) * (0.5 + Math.random() / 2);
  }
}

function isRetriable(error: unknown): error is ParleyProblem | ParleyUnreachable {
  return (
    error instanceof ParleyUnreachable ||
    (error instanceof ParleyProblem &&
      (RETRIABLE_CODES.has(error.code) ||
        (error.code === 'unknown' && RETRIABLE_STATUSES.has(error.status ?? 0))))
  );
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
