import type { TurnOutcome } from '../turn-outcome.js';

export type FinishReason = 'stop' | 'length' | 'content_filter';

/** The nearest thing in OpenAI's words: a text that is not whole was cut by length, a blocked one by a filter. */
export const FINISH_REASONS: Readonly<Record<TurnOutcome, FinishReason>> = {
  answered: 'stop',
  fallback: 'stop',
  blocked: 'content_filter',
  cancelled: 'length',
  interrupted: 'length',
  operator: 'stop',
  pending: 'length',
};
