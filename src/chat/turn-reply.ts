import type { FinishedReply } from '../ai/reply.js';
import type { ScreeningResult } from '../security/screening/screening.service.js';

/** What the visitor reads instead of an answer. It tells nothing about the rules, which would help to evade them. */
const BLOCKED_TEXT =
  'Your message was stopped by a safety check and was not passed on. Please rephrase it and send it again.';

/** The reply to a message that screening stopped. */
export interface BlockedReply extends Omit<FinishedReply, 'outcome'> {
  readonly outcome: 'blocked';
  /** The rules that decided, the weightiest first. */
  readonly ruleIds: readonly string[];
}

/** The reply to a message that is left to an operator. */
export interface OperatorReply extends Omit<FinishedReply, 'outcome'> {
  readonly outcome: 'operator';
}

/** What ends a turn. */
export type TurnReply = FinishedReply | BlockedReply | OperatorReply;

export function blockedReply({ reasons }: ScreeningResult): BlockedReply {
  return { ...BY_NO_MODEL, outcome: 'blocked', text: BLOCKED_TEXT, ruleIds: reasons };
}

export function operatorReply(notice: string): OperatorReply {
  return { ...BY_NO_MODEL, outcome: 'operator', text: notice };
}

/** What is left of a reply whose process has died: which model wrote it, and what it took, died with the process. */
export function abandonedReply(text: string): FinishedReply {
  return { ...BY_NO_MODEL, outcome: 'interrupted', text };
}

const BY_NO_MODEL = {
  model: null,
  usage: { promptTokens: null, completionTokens: null },
  durationMs: 0,
  attempts: 0,
};
