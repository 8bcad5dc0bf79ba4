import { liveSession } from '../../auth/session-statements.js';
import type { Statement } from '../../database/statement.js';

/**
 * Turns whose lease is over and which are not to be waited for any more: nobody can send them again, because they
 * have no key or their session has ended, or nobody has for long enough. $1 that time in milliseconds, $2 how many.
 */
export const SELECT_ABANDONED_TURNS: Statement = {
  name: 'select-abandoned-turns',
  text: `
    SELECT u.id, u.session_id
      FROM running_turns l
      JOIN chat_messages u ON u.id = l.turn_id
      JOIN sessions s ON s.id = u.session_id
     WHERE u.outcome = 'pending' AND u.lease_expires_at <= statement_timestamp()
       AND (u.idempotency_key IS NULL OR NOT ${liveSession('s')}
         OR u.lease_expires_at <= statement_timestamp() - $1::bigint * interval '1 millisecond')
     ORDER BY u.lease_expires_at LIMIT $2::integer`,
};

/** $1 session. No row: somebody is at work in it. */
export const LOCK_IDLE_SESSION: Statement = {
  name: 'lock-idle-session',
  text: `SELECT s.id FROM sessions s WHERE s.id = $1 FOR NO KEY UPDATE SKIP LOCKED`,
};

/** How far a turn had come when its process died. $1 session, whose row is locked, $2 turn. No row: it has not died. */
export const SELECT_REMAINS: Statement = {
  name: 'select-remains',
  text: `
    SELECT u.attempt, s.operator_from_sequence IS NOT NULL AS is_taken_over,
           ARRAY (SELECT d.text FROM turn_deltas d
                   WHERE d.turn_id = u.id AND d.attempt = u.attempt ORDER BY d.sequence) AS deltas
      FROM chat_messages u JOIN sessions s ON s.id = u.session_id
     WHERE u.id = $2 AND u.session_id = $1 AND u.outcome = 'pending' AND u.lease_expires_at <= clock_timestamp()`,
};

/** Names of turns that are over or gone. $1 how many at most. */
export const REMOVE_STALE_RUNNING_TURNS: Statement = {
  name: 'remove-stale-running-turns',
  text: `
    WITH stale AS MATERIALIZED (
      SELECT l.turn_id FROM running_turns l LEFT JOIN chat_messages u ON u.id = l.turn_id
       WHERE u.outcome IS DISTINCT FROM 'pending'
       LIMIT $1::integer
         FOR UPDATE OF l SKIP LOCKED
    )
    DELETE FROM running_turns l USING stale WHERE l.turn_id = stale.turn_id RETURNING l.turn_id`,
};

/**
 * Deltas that were stored while their turn was being ended or taken over; the reply holds the text. The table itself
 * is small at any time. $1 how many at most.
 */
export const REMOVE_VOID_DELTAS: Statement = {
  name: 'remove-void-deltas',
  text: `
    WITH void AS MATERIALIZED (
      SELECT d.turn_id, d.attempt, d.sequence
        FROM turn_deltas d JOIN chat_messages u ON u.id = d.turn_id
       WHERE u.outcome <> 'pending' OR u.attempt <> d.attempt
       LIMIT $1::integer
         FOR UPDATE OF d SKIP LOCKED
    )
    DELETE FROM turn_deltas d USING void v
     WHERE d.turn_id = v.turn_id AND d.attempt = v.attempt AND d.sequence = v.sequence
    RETURNING d.turn_id`,
};

/** $1 how many at most. */
export const REMOVE_ERASED_KEYS: Statement = {
  name: 'remove-erased-keys',
  text: `
    WITH due AS MATERIALIZED (
      SELECT k.session_id, k.key_digest FROM erased_keys k
       WHERE k.expires_at <= statement_timestamp()
       ORDER BY k.expires_at LIMIT $1::integer
         FOR UPDATE SKIP LOCKED
    )
    DELETE FROM erased_keys k USING due d
     WHERE k.session_id = d.session_id AND k.key_digest = d.key_digest
    RETURNING k.session_id`,
};

/** Commands that can no longer be told a second time. $1 how many at most, $2 after how many milliseconds. */
export const REMOVE_OLD_COMMANDS: Statement = {
  name: 'remove-old-commands',
  text: `
    WITH due AS MATERIALIZED (
      SELECT c.id FROM operator_commands c
       WHERE c.received_at <= statement_timestamp() - $2::bigint * interval '1 millisecond'
       ORDER BY c.received_at LIMIT $1::integer
         FOR UPDATE SKIP LOCKED
    )
    DELETE FROM operator_commands c USING due WHERE c.id = due.id RETURNING c.id`,
};

/**
 * Removes messages of sessions that ended long ago, and the sessions that had none left. A conversation of any length
 * goes in pieces; with its session's row it takes what hangs on that. The row is locked as ACCEPT and COMPLETE lock
 * it, so whoever comes late finds no session.
 *
 * $1 after how many milliseconds, $2 how many sessions, $3 how many messages at most.
 */
export const REMOVE_OLD_CONVERSATIONS: Statement = {
  name: 'remove-old-conversations',
  text: `
    WITH due AS MATERIALIZED (
      SELECT s.id FROM sessions s
       WHERE s.is_active = false AND s.expires_at <= statement_timestamp() - $1::bigint * interval '1 millisecond'
       ORDER BY s.expires_at LIMIT $2::integer
         FOR UPDATE SKIP LOCKED
    ), old AS MATERIALIZED (
      SELECT m.id FROM due JOIN chat_messages m ON m.session_id = due.id LIMIT $3::integer
    ), messages AS (
      DELETE FROM chat_messages m USING old WHERE m.id = old.id RETURNING m.id
    ), emptied AS (
      DELETE FROM sessions s USING due
       WHERE s.id = due.id AND NOT EXISTS (SELECT FROM chat_messages m WHERE m.session_id = due.id)
      RETURNING s.id
    )
    SELECT (SELECT count(*) FROM messages)::integer AS messages, (SELECT count(*) FROM emptied)::integer AS sessions`,
};
