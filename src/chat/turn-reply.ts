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

/** What ends a turn. */
export type TurnReply = FinishedReply | BlockedReply;

export function blockedReply({ reasons }: ScreeningResult): BlockedReply {
  return {
    outcome: 'blocked',
    text: BLOCKED_TEXT,
    model: null,
    usage: { promptTokens: null, completionTokens: null },
    durationMs: 0,
    attempts: 0,
    ruleIds: reasons,
  };
}
