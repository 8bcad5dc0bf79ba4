import type { ConversationMessage } from '../ai/reply.js';
import { Problem } from '../common/problem/problem.js';
import { toTurn, type StartedTurn, type Turn, type TurnRow } from './turn.js';

/** What became of a message: a turn to get a reply for, or the turn its key names. */
export type Acceptance =
  | { readonly kind: 'started'; readonly turn: StartedTurn }
  | { readonly kind: 'existing'; readonly turn: Turn };

/** The row of ACCEPT_TURN. */
export type AcceptRow = { [Column in keyof TurnRow]: TurnRow[Column] | null } & {
  readonly is_live: boolean;
  readonly is_taken_over: boolean;
  readonly message_count: number;
  readonly started_id: string | null;
  readonly attempt: number | null;
  readonly started_at: Date | null;
  readonly is_new: boolean | null;
  readonly discarded_deltas: number | null;
  readonly is_same_request: boolean | null;
  readonly is_key_erased: boolean;
  /** Turns, and what operators said between them as a reply without a question. */
  readonly context: { content: string | null; reply: string | null }[] | null;
};

/** The turn that the statement started, or took over. */
export function startedTurn(row: AcceptRow, sessionId: string, message: string): StartedTurn | undefined {
  const { started_id: id, attempt, started_at: createdAt } = row;
  if (id === null || attempt === null || createdAt === null) {
    return undefined;
  }
  const history = (row.context ?? []).flatMap(({ content, reply }): ConversationMessage[] => [
    ...(content === null ? [] : [{ role: 'user' as const, content }]),
    ...(reply === null ? [] : [{ role: 'assistant' as const, content: reply }]),
  ]);
  return {
    ...{ id, sessionId, attempt, message, createdAt, history },
    discardedDeltas: row.discarded_deltas ?? 0,
    isLeftToOperator: row.is_taken_over,
  };
}

/**
 * The turn that was there already.
 *
 * @throws {Problem} `idempotency_key_reused`.
 */
export function existingTurn(row: AcceptRow): Acceptance | undefined {
  if (row.is_key_erased) {
    throw new Problem('idempotency_key_reused', {
      detail:
        'The message that was sent with this Idempotency-Key has been erased; use a new key for a new message.',
    });
  }
  if (row.id === null) {
    return undefined;
  }
  if (row.is_same_request !== true) {
    throw new Problem('idempotency_key_reused', {
      detail: 'This Idempotency-Key was sent before with another message; use a new key for a new message.',
    });
  }
  return { kind: 'existing', turn: toTurn(row as TurnRow) };
}
