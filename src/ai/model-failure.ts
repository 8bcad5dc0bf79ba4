import { readRetryAfter } from './retry-after.js';

/** Why a call to a model failed. */
export type FailureReason =
  | 'rate_limited'
  | 'unavailable'
  | 'unreachable'
  | 'timed_out'
  | 'malformed'
  | 'empty'
  | 'too_long'
  | 'unexpected'
  | 'misconfigured'
  | 'refused';

/** What can be done about it: try again, correct the settings, or ask something else. */
export type FailureKind = 'retryable' | 'misconfigured' | 'refused';

/** Told apart by name, so that the SDK need not be loaded to recognise its errors. */
const MALFORMED = new Set([
  'AI_APICallError',
  'AI_JSONParseError',
  'AI_TypeValidationError',
  'AI_InvalidResponseDataError',
  'AI_EmptyResponseBodyError',
  'AI_NoOutputGeneratedError',
]);

/**
 * A failed call to a model. It holds neither the error of the provider nor its text: both can quote the
 * conversation or the key, and what is not held cannot be logged.
 */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure';

  constructor(
    readonly reason: FailureReason,
    /** The HTTP status the provider answered with, where it did. */
    readonly status?: number,
    /** How long the provider asks to be left alone, in milliseconds, where it does. */
    readonly retryAfterMs?: number,
  ) {
    super(`The model call failed: ${reason}`);
  }

  /** Recognises whatever a provider's SDK threw or put into its stream. */
  static of(error: unknown): ModelFailure {
    if (error instanceof ModelFailure) {
      return error;
    }
    const { name, stack, statusCode, isRetryable, responseHeaders } = factsOf(error);
    if (typeof statusCode === 'number' && statusCode >= 400) {
      const reason = reasonOfStatus(statusCode);
      const isBusy = statusCode === 429 || statusCode === 503;
      return new ModelFailure(reason, statusCode, isBusy ? readRetryAfter(responseHeaders) : undefined);
    }
    if (name === 'AI_StreamProviderError' || stack === undefined) {
      // Not an error of ours but what the provider sent in the place of its answer.
      return new ModelFailure('unavailable');
    }
    if (isRetryable === true || isConnectionError(error)) {
      return new ModelFailure('unreachable');
    }
    return new ModelFailure(MALFORMED.has(String(name)) ? 'malformed' : 'unexpected');
  }

  get kind(): FailureKind {
    return this.reason === 'misconfigured' || this.reason === 'refused' ? this.reason : 'retryable';
  }

  /** Whether no later call can succeed before an operator has changed something: the key, the model's name. */
  get isLasting(): boolean {
    return this.status === 401 || this.status === 403 || this.status === 404;
  }

  /**
   * Whether the failure speaks against the model. A refusal is an answer of a sound model, and how long an
   * answer gets depends on the question: no visitor can talk a model into looking broken.
   */
  get isModelsFault(): boolean {
    return this.reason !== 'refused' && this.reason !== 'too_long';
  }
}

function reasonOfStatus(status: number): FailureReason {
  if (status === 429) {
    return 'rate_limited';
  }
  // 408 and 409 pass, as 5xx do; any other 4xx is a key, a model name or a request that will stay wrong.
  return status >= 500 || status === 408 || status === 409 ? 'unavailable' : 'misconfigured';
}

/** The system's and the HTTP client's errors carry a code, the SDK's and JavaScript's own none or `ERR_…`. */
function isConnectionError(error: unknown): boolean {
  const { code, cause } = factsOf(error);
  return (
    (typeof code === 'string' && !code.startsWith('ERR_')) ||
    (cause !== undefined && isConnectionError(cause))
  );
}

interface ErrorFacts {
  readonly name?: unknown;
  readonly stack?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly statusCode?: unknown;
  readonly isRetryable?: unknown;
  readonly responseHeaders?: unknown;
}

function factsOf(error: unknown): ErrorFacts {
  return typeof error === 'object' && error !== null ? error : {};
}
