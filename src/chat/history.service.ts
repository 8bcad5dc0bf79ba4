import { Injectable } from '@nestjs/common';
import { authenticationProblem } from '../auth/authentication-problem.js';
import { Problem } from '../common/problem/problem.js';
import { Database } from '../database/database.js';
import type { OperatorMessage } from './operator-message.js';
import { SELECT_HISTORY } from './turn-statements.js';
import { toTurn, type Turn, type TurnRow } from './turn.js';

/** One thing in a conversation: a turn, or what an operator said. */
export type HistoryEntry =
  | { readonly kind: 'turn'; readonly turn: Turn }
  | { readonly kind: 'operator'; readonly message: OperatorMessage };

export interface HistoryPage {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
  readonly total: number;
  /** Where the next older page starts; undefined on the oldest one. */
  readonly nextCursor: string | undefined;
}

type HistoryRow = { total: number; is_bad_cursor: boolean } & (EntryRow | { id: null });
type EntryRow = TurnRow & { message_type: 'user' | 'operator'; edited_at: Date | null };

/** Reads a conversation back, newest page first. */
@Injectable()
export class HistoryService {
  constructor(private readonly database: Database) {}

  /**
   * A cursor is the id of the oldest entry of the page before, so it can only ever name a place in the
   * caller's own conversation: a forged or foreign one names nothing there.
   *
   * @throws {Problem} `invalid_cursor`, `session_ended`.
   */
  async read(sessionId: string, limit: number, before: string | undefined): Promise<HistoryPage> {
    // One entry more than asked for tells whether there is a further page.
    const rows = await this.database.query<HistoryRow>(SELECT_HISTORY, [
      sessionId,
      before ?? null,
      limit + 1,
    ]);
    const [first] = rows;
    if (first === undefined) {
      throw authenticationProblem('session_ended');
    }
    if (first.is_bad_cursor) {
      throw invalidCursor();
    }
    const newestFirst = rows.flatMap((row) => (row.id === null ? [] : [row]));
    const page = newestFirst.slice(0, limit).reverse();
    return {
      entries: page.map(toEntry),
      total: first.total,
      nextCursor: newestFirst.length > limit ? page[0]?.id : undefined,
    };
  }
}

function toEntry(row: EntryRow): HistoryEntry {
  if (row.message_type === 'user') {
    return { kind: 'turn', turn: toTurn(row) };
  }
  const { id, content: text, timestamp: createdAt, edited_at: editedAt } = row;
  return { kind: 'operator', message: { id, text, createdAt, editedAt } };
}

export function invalidCursor(): Problem {
  return new Problem('invalid_cursor', {
    detail: 'Use the next_cursor of an earlier page of this session, unchanged.',
  });
}
