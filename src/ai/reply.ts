/** One earlier message of a conversation. */
export interface ConversationMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** What a model says an answer cost; null where it does not say. */
export interface TokenUsage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/**
 * How a reply ended: a model wrote it to its end; no model could, and the text is the configured apology;
 * its reader cancelled it; or the model died in the middle of it. The last two keep the text so far.
 */
export type ReplyOutcome = 'answered' | 'fallback' | 'cancelled' | 'interrupted';

export interface FinishedReply {
  readonly outcome: ReplyOutcome;
  readonly text: string;
  /** The model that wrote it, as in AI_MODELS (`openai:gpt-4.1-mini`); null where none did. */
  readonly model: string | null;
  readonly usage: TokenUsage;
  /** From the request to the end of the text, in whole milliseconds. */
  readonly durationMs: number;
  /** How many calls to models were made. */
  readonly attempts: number;
  /**
   * Set where the model was about to give its instructions away. The reply ends before them, `interrupted`,
   * or, where nothing had been said before, as `fallback`.
   */
  readonly hasLeaked?: true;
}

export interface ReplyDelta {
  readonly type: 'delta';
  readonly text: string;
}

/** A reply arrives as deltas and ends with exactly one `finish`; the joined deltas equal its text. */
export type ReplyPart = ReplyDelta | { readonly type: 'finish'; readonly reply: FinishedReply };

export interface ReplyRequest {
  /** What the user has just said. */
  readonly message: string;
  /** What was said before, oldest first, already cut to what a model is to be given. */
  readonly history: readonly ConversationMessage[];
  /** Cancels the reply; the text so far is kept. */
  readonly signal?: AbortSignal;
}
