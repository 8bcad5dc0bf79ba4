import { liveSession } from '../../auth/session-statements.js';
import type { Statement } from '../../database/statement.js';
import { tellNews, TURN_CHANNEL } from '../streaming/turn-signals.js';

/** What is kept of a key that must not be used again; `kind` keeps clients' keys and operators' ids apart. */
export function keyDigest(kind: 'client' | 'operator', expression: string): string {
  return `sha256(convert_to('${kind}:' || ${expression}, 'UTF8'))`;
}

/**
 * Locks a live session, so that the statement after it sees all that was committed in it before. $1 session.
 * No row: no live session.
 */
export const LOCK_LIVE_SESSION: Statement = {
  name: 'lock-live-session',
  text: `SELECT s.id FROM sessions s WHERE s.id = $1 AND ${liveSession('s')} FOR NO KEY UPDATE`,
};

/**
 * ERASE. Removes every message of a session, whoever wrote it, turns that are being answered included. Whoever runs
 * such a turn finds no row to store its reply for, and is told to stop.
 *
 * What is used up stays used up: the count of messages, and what running turns had reserved, since nobody knows what
 * they had cost by then. `erased_through_sequence` keeps an ACCEPT that read before the erasure, and got the lock
 * after it, from passing on what it read. It is a place of its own in the conversation, at which readers are told.
 *
 * Rows are locked in one order, that of APPEND_DELTAS, so the two cannot wait for each other.
 *
 * $1 session, whose row is locked. One row if anything was erased.
 */
export const ERASE_HISTORY: Statement = {
  name: 'erase-history',
  text: `
    WITH session AS MATERIALIZED (
      SELECT s.id, s.expires_at FROM sessions s WHERE s.id = $1 AND ${liveSession('s')}
    ), erased AS MATERIALIZED (
      SELECT m.id, m.outcome, m.idempotency_key, m.external_id, m.reserved_tokens, m.reserved_on
        FROM session s JOIN chat_messages m ON m.session_id = s.id
       ORDER BY m.id
         FOR UPDATE OF m
    ), keys AS (
      INSERT INTO erased_keys (session_id, key_digest, expires_at)
      SELECT s.id, ${keyDigest('client', 'e.idempotency_key')}, s.expires_at
        FROM session s CROSS JOIN erased e WHERE e.idempotency_key IS NOT NULL
       UNION ALL
      SELECT s.id, ${keyDigest('operator', 'e.external_id')}, s.expires_at
        FROM session s CROSS JOIN erased e WHERE e.external_id IS NOT NULL
          ON CONFLICT DO NOTHING
    ), messages AS (
      DELETE FROM chat_messages m USING erased e WHERE m.id = e.id
    ), running AS (
      DELETE FROM running_turns l USING erased e WHERE l.turn_id = e.id
    ), days AS (
      UPDATE daily_tokens d SET reserved = d.reserved - r.tokens, used = d.used + r.tokens
        FROM (SELECT reserved_on, sum(reserved_tokens) AS tokens FROM erased
               WHERE reserved_tokens IS NOT NULL GROUP BY reserved_on) r
       WHERE d.day = r.reserved_on
    ), told AS MATERIALIZED (
      SELECT pg_notify('${TURN_CHANNEL}', kind || e.id)
        FROM erased e CROSS JOIN unnest(ARRAY['cancel:', 'turn:']) AS kind WHERE e.outcome = 'pending'
    )
    UPDATE sessions s
       SET last_sequence = s.last_sequence + 1, erased_through_sequence = s.last_sequence + 1, erased_message_count = s.message_count,
           operator_message_count = 0,
           tokens_reserved = s.tokens_reserved - t.tokens, tokens_used = s.tokens_used + t.tokens
      FROM (SELECT count(*) AS messages, coalesce(sum(reserved_tokens), 0) AS tokens FROM erased) t
     WHERE s.id = $1 AND t.messages > 0
    RETURNING t.messages::integer AS messages, (SELECT count(*) FROM told) AS told, ${tellNews('s.id')}`,
};
