import type { ConversationMessage, TokenUsage } from '../ai/reply.js';
import type { TurnOutcome } from './turn-outcome.js';

/** What an id of a turn looks like. */
export const TURN_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** A stored reply. */
export interface TurnReplyText {
  readonly id: string;
  readonly text: string;
  readonly createdAt: Date;
  /** The model that wrote it; null where none did. */
  readonly model: string | null;
  readonly usage: TokenUsage;
}

/** One user message and the one reply it gets. */
export interface Turn {
  readonly id: string;
  readonly message: string;
  readonly outcome: TurnOutcome;
  /** Whether a process is still at work on it, or was until it died. */
  readonly isPending: boolean;
  readonly createdAt: Date;
  readonly reply: TurnReplyText | undefined;
  /** What was streamed of a reply whose process died; empty otherwise. */
  readonly partialText: string;
}

/** A turn with its reply. */
export type AnsweredTurn = Turn & { readonly reply: NonNullable<Turn['reply']> };

/** One try at getting the reply to a turn; `attempt` fences off earlier ones. */
export interface TurnAttempt {
  readonly id: string;
  readonly sessionId: string;
  readonly attempt: number;
}

/** A turn this process has to get a reply for. */
export interface StartedTurn extends TurnAttempt {
  readonly message: string;
  readonly createdAt: Date;
  /** How many deltas of earlier attempts, whose process died, a client may have been shown. */
  readonly discardedDeltas: number;
  /** Whether an operator has taken the session over: no model is asked. */
  readonly isLeftToOperator: boolean;
  /** The turns before it, oldest first. */
  readonly history: readonly ConversationMessage[];
}

/** A row made of `TURN_COLUMNS`. */
export interface TurnRow {
  readonly id: string;
  readonly content: string;
  readonly timestamp: Date;
  readonly is_pending: boolean;
  readonly outcome: TurnOutcome;
  readonly reply_id: string | null;
  readonly reply_content: string | null;
  readonly reply_timestamp: Date | null;
  readonly partial_text: string | null;
  readonly model: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
}

export function toTurn(row: TurnRow): Turn {
  const { reply_id: id, reply_content: text, reply_timestamp: createdAt } = row;
  return {
    id: row.id,
    message: row.content,
    outcome: row.outcome,
    isPending: row.is_pending,
    createdAt: row.timestamp,
    partialText: row.partial_text ?? '',
    reply:
      id === null || text === null || createdAt === null
        ? undefined
        : {
            ...{ id, text, createdAt, model: row.model },
            usage: { promptTokens: row.prompt_tokens, completionTokens: row.completion_tokens },
          },
  };
}
