import { ParleyProblem, ParleyUnreachable } from './problem.js';
import { Attempts, DEFAULT_RETRY, type RetryNotice, type RetryOptions } from './retry.js';
import { readEvents, type ServerSentEvent } from './sse.js';

export interface ClientOptions {
  /** Where the service is, such as `https://chat.example.com`; the page's own origin when left out. */
  readonly baseUrl?: string;
  /** A token from before, such as one of a tab that was closed. */
  readonly token?: string;
  /**
   * Called when the service no longer takes the token (`token_expired`, `session_ended`, `invalid_token`). The token
   * it returns is used from then on, and the call is made once more; undefined lets the problem reach the caller.
   * A new token is a new session, and so a new conversation.
   */
  readonly renewToken?: (problem: ParleyProblem) => Promise<string | undefined>;
  readonly retry?: RetryOptions;
  /** Told of every repetition before its pause; a page can show it. */
  readonly onRetry?: (notice: RetryNotice) => void;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one attempt of a call may take, and how long a stream may be without a sign of life. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Signing in: needs no token. */
  readonly isPublic?: boolean;
  /** Whether a refused token may be replaced by one of another session. Default: true. */
  readonly mayRenew?: boolean;
  /** Whether doing it twice is doing it once. Default: true. */
  readonly isSafeToRepeat?: boolean;
}

const RENEWABLE_CODES: ReadonlySet<string> = new Set(['token_expired', 'session_ended', 'invalid_token']);
/** Longer than a turn with all its fallbacks takes. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** Makes calls with the token, again where that helps, and turns what is not a success into an error. */
export class Transport {
  token: string | undefined;
  private readonly retry: Required<RetryOptions>;
  private readonly timeoutMs: number;
  private renewal: Promise<string | undefined> | undefined;

  constructor(private readonly options: ClientOptions) {
    this.token = options.token;
    this.retry = { ...DEFAULT_RETRY, ...options.retry };
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  attempts(signal: AbortSignal | undefined, limits: RetryOptions = {}): Attempts {
    return new Attempts({ ...this.retry, ...limits }, this.options.onRetry, signal);
  }

  /** The JSON of the answer; undefined where it has none. */
  async call<Answer>(call: Call): Promise<Answer> {
    const attempts = this.attempts(call.signal);
    let hasRenewed = false;
    for (;;) {
      const { token } = this;
      try {
        return await this.once<Answer>(call);
      } catch (error) {
        if (!hasRenewed && call.mayRenew !== false && (await this.renew(error, token))) {
          hasRenewed = true;
        } else {
          await attempts.waitAfter(error, call.isSafeToRepeat !== false);
        }
      }
    }
  }

  /** The events of one connection; a connection that is silent for too long is given up. */
  async *events(call: Call): AsyncGenerator<ServerSentEvent, void, undefined> {
    const connection = new AbortController();
    const signal =
      call.signal === undefined ? connection.signal : AbortSignal.any([connection.signal, call.signal]);
    const giveUp = (): void => connection.abort(new Error('There was no sign of life.'));
    let timer = setTimeout(giveUp, this.timeoutMs);
    try {
      const { body } = await this.fetch(call, signal);
      yield* readEvents(body as ReadableStream<Uint8Array>, () => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, this.timeoutMs);
      });
    } catch (error) {
      throw asFailure(error, call.signal);
    } finally {
      clearTimeout(timer);
      connection.abort();
    }
  }

  /** Whether there is another token now than the one that was refused; calls that fail together renew it once. */
  async renew(error: unknown, refused: string | undefined): Promise<boolean> {
    if (!(error instanceof ParleyProblem) || !RENEWABLE_CODES.has(error.code)) {
      return false;
    }
    if (this.token !== refused) {
      return this.token !== undefined;
    }
    this.renewal ??= this.options.renewToken?.(error).finally(() => (this.renewal = undefined));
    const token = await this.renewal;
    this.token = token ?? this.token;
    return token !== undefined;
  }

  private async once<Answer>(call: Call): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
    try {
      const response = await this.fetch(call, signal);
      const text = await response.text();
      return (text === '' ? undefined : JSON.parse(text)) as Answer;
    } catch (error) {
      throw asFailure(error, call.signal);
    }
  }

  private async fetch(
    { method, path, body, headers, isPublic }: Call,
    signal: AbortSignal,
  ): Promise<Response> {
    const { fetch = globalThis.fetch, baseUrl = '', headers: always } = this.options;
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
      method,
      signal,
      headers: {
        ...RUNTIME_HEADERS,
        ...always,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(isPublic === true || this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw await ParleyProblem.of(response);
    }
    return response;
  }
}

function asFailure(error: unknown, signal: AbortSignal | undefined): unknown {
  return error instanceof ParleyProblem || signal?.aborted === true ? error : new ParleyUnreachable(error);
}

const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
/** Browsers name themselves. Node says "node" alone, which the service takes for a bot that says nothing. */
const RUNTIME_HEADERS: Readonly<Record<string, string>> =
  process?.versions?.node === undefined
    ? {}
    : { 'user-agent': `parley-client (node ${process.versions.node})` };
