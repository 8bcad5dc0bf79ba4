/**
 * What a client knows of one call. `ok`: it has the answer it wanted. `failed`: the service refused, in words.
 * `unknown`: the connection broke, or somebody between answered: it may have been done or not.
 */
export type CallResult = 'ok' | 'failed' | 'unknown';

export interface CallRecord {
  readonly key: string;
  readonly result: CallResult;
  readonly status: number | undefined;
  /** The code of the problem, where the answer is one. */
  readonly problem: string | undefined;
  readonly retryAfter: string | undefined;
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** How the connection broke, where it did. */
  readonly error: string | undefined;
}

/** A turn whose reply a client holds in its hands: from then on it must never be lost. */
export interface Acknowledged {
  readonly key: string;
  readonly token: string;
  readonly message: string;
  readonly messageId: string;
  readonly reply: string;
}

/** Whether an answer is a problem of the service's own: anything else came from somebody between. */
export function isProblem(contentType: string | null): boolean {
  return /application\/problem\+json/.test(contentType ?? '');
}
