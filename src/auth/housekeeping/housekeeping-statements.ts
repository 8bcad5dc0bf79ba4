import type { Statement } from '../../database/statement.js';
import { liveSession } from '../session-statements.js';

/**
 * Ends the sessions whose time is over, oldest first. Rows that somebody is writing are left for the next run, and
 * each is looked at once more when it is locked. The time is that of the statement's start: unlike a running clock
 * it can bound the scan of the index.
 *
 * $1 how many at most.
 */
export const END_EXPIRED_SESSIONS: Statement = {
  name: 'end-expired-sessions',
  text: `
    WITH due AS MATERIALIZED (
      SELECT s.id FROM sessions s
       WHERE s.is_active AND s.expires_at <= statement_timestamp()
       ORDER BY s.expires_at LIMIT $1::integer
         FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE sessions s SET is_active = false FROM due WHERE s.id = due.id RETURNING s.id`,
};

/**
 * Ends, of the next sessions in the order of their expiry, those that have lain unused for too long. One row with
 * where the slice ended, and what was ended in it; none once the last slice is done.
 *
 * $1 expiry and $2 id after which the slice begins, $3 its size.
 */
export const END_IDLE_SESSIONS: Statement = {
  name: 'end-idle-sessions',
  text: `
    WITH slice AS MATERIALIZED (
      SELECT s.id, s.expires_at FROM sessions s
       WHERE s.is_active AND (s.expires_at, s.id) > ($1::timestamptz, $2::varchar)
       ORDER BY s.expires_at, s.id LIMIT $3::integer
    ), due AS MATERIALIZED (
      SELECT s.id FROM slice JOIN sessions s ON s.id = slice.id
       WHERE s.is_active AND NOT ${liveSession('s')}
         FOR NO KEY UPDATE OF s SKIP LOCKED
    ), ended AS (
      UPDATE sessions s SET is_active = false FROM due WHERE s.id = due.id RETURNING s.id
    )
    SELECT slice.id, slice.expires_at::text AS expires_at, ARRAY (SELECT id FROM ended) AS ended
      FROM slice ORDER BY slice.expires_at DESC, slice.id DESC LIMIT 1`,
};

/** $1 how many at most. */
export const REMOVE_EXPIRED_CODES: Statement = {
  name: 'remove-expired-codes',
  text: `
    WITH due AS MATERIALIZED (
      SELECT c.id FROM sign_in_codes c
       WHERE c.expires_at <= statement_timestamp()
       ORDER BY c.expires_at LIMIT $1::integer
         FOR UPDATE SKIP LOCKED
    )
    DELETE FROM sign_in_codes c USING due WHERE c.id = due.id RETURNING c.id`,
};

/** Visitors whose time out is over. $1 how many at most. */
export const REMOVE_ENDED_BLOCKS: Statement = {
  name: 'remove-ended-blocks',
  text: `
    WITH due AS MATERIALIZED (
      SELECT b.email_hash FROM blocked_visitors b
       WHERE b.blocked_until <= statement_timestamp()
       ORDER BY b.blocked_until LIMIT $1::integer
         FOR UPDATE SKIP LOCKED
    )
    DELETE FROM blocked_visitors b USING due WHERE b.email_hash = due.email_hash RETURNING b.email_hash`,
};
