import type { Prompt } from '../prompt.js';
import type { TokenUsage } from '../reply.js';

/** One configured model, whoever provides it. */
export interface Model {
  /** As in AI_MODELS: `openai:gpt-4.1-mini`. */
  readonly name: string;

  /**
   * Calls the model once. Yields the answer piece by piece and returns what it cost; throws when the answer
   * does not reach its end, also because the signal aborted.
   */
  stream(prompt: Prompt, signal: AbortSignal): AsyncGenerator<string, TokenUsage, undefined>;
}

export const NO_USAGE: TokenUsage = { promptTokens: null, completionTokens: null };
