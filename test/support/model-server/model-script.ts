/** The parts of an OpenAI chat-completions request that the server looks at. */
export interface ChatCompletionRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
}

/**
 * How an answer goes wrong after so many of its deltas: the connection is cut, falls silent, ends in good
 * order but without a finish reason, carries a broken frame or an error frame and then goes on.
 */
export interface Fault {
  readonly kind: 'cut' | 'stall' | 'end' | 'malformed' | 'error';
  readonly afterDeltas: number;
  /** Holds the fault back, so that a test can first see the deltas arrive. */
  readonly once?: Promise<void>;
}

export interface AnswerScript {
  readonly kind: 'answer';
  readonly text: (request: ChatCompletionRequest) => string;
  readonly wordsPerDelta: number;
  /** Before the first byte, in milliseconds. */
  readonly delayMs: number;
  /** Holds the whole answer back, so that a test decides when it comes. */
  readonly heldUntil: Promise<void> | undefined;
  /** Before each delta, in milliseconds. */
  readonly deltaDelayMs: number;
  readonly finishReason: 'stop' | 'length' | 'content_filter';
  /** Sends the text as a refusal in words, the way a model declines. */
  readonly isRefusal: boolean;
  readonly fault: Fault | undefined;
}

export interface StatusScript {
  readonly kind: 'status';
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
}

/** Takes the request and never answers; only closing the server lets go of it. */
export interface HangScript {
  readonly kind: 'hang';
}

/** What the server does with one request. */
export type ModelScript = AnswerScript | StatusScript | HangScript;

export type AnswerOptions = Partial<Omit<AnswerScript, 'kind' | 'text'>>;

/** Answers with a fixed text, or one made from the request. */
export function answer(
  text: string | ((request: ChatCompletionRequest) => string),
  options: AnswerOptions = {},
): AnswerScript {
  return {
    kind: 'answer',
    text: typeof text === 'string' ? () => text : text,
    wordsPerDelta: 1,
    delayMs: 0,
    heldUntil: undefined,
    deltaDelayMs: 0,
    finishReason: 'stop',
    isRefusal: false,
    fault: undefined,
    ...options,
  };
}

/** Answers `echo: ` and the last user message. */
export function echo(options: AnswerOptions = {}): AnswerScript {
  return answer((request) => `echo: ${lastUserMessage(request)}`, options);
}

/** Fails with an HTTP status and the error body OpenAI sends. */
export function status(code: number, retryAfterSeconds?: number): StatusScript {
  return { kind: 'status', status: code, retryAfterSeconds };
}

export function hang(): HangScript {
  return { kind: 'hang' };
}

export function lastUserMessage(request: ChatCompletionRequest): string {
  return request.messages.findLast((message) => message.role === 'user')?.content ?? '';
}
