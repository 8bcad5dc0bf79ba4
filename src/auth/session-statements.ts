import type { Statement } from '../database/statement.js';

/**
 * When a session can be used. Part of every statement that acts for a session, so that "live" is checked
 * in the same round trip and means the same everywhere. `alias` is the alias of the sessions table.
 */
export function liveSession(alias: string): string {
  return `(${alias}.is_active AND ${alias}.expires_at > clock_timestamp()
    AND (${alias}.last_activity + ${alias}.idle_timeout > clock_timestamp()) IS NOT FALSE)`;
}

/**
 * Notes that session $1 was used, as a part `noted` of the statement that reads for it: at most once a minute,
 * so that reading seldom writes. Whoever holds the row's lock is just writing the time, so nobody waits for it.
 */
export const NOTE_ACTIVITY = `
    noted AS (
      UPDATE sessions SET last_activity = clock_timestamp()
       WHERE id = (SELECT s.id FROM sessions s
                    WHERE s.id = $1 AND ${liveSession('s')}
                      AND s.last_activity < clock_timestamp() - interval '1 minute'
                      FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING last_activity
    )`;

/**
 * Lets the sign-ins of one address, by its hash, wait for each other until their transactions end. The statements
 * after it see what those before it have committed.
 */
export const LOCK_EMAIL: Statement = {
  name: 'lock-email',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('parley:email:' || $1::text, 0))`,
};

/**
 * No row where an operator has shut the address out. The expiry falls on a whole second, because a token's `exp`
 * can say no more than that.
 */
export const INSERT_SESSION: Statement = {
  name: 'insert-session',
  text: `
    INSERT INTO sessions (id, email_hash, browser_hash, ip_address, created_at, expires_at, last_activity,
                          idle_timeout, email_verified)
    SELECT $1, $2::varchar, $3, $4, t.now, date_trunc('second', t.now) + $5::bigint * interval '1 millisecond', t.now,
           $6::bigint * interval '1 millisecond', $7
      FROM (SELECT statement_timestamp() AS now) t
     WHERE NOT EXISTS (SELECT FROM blocked_visitors b WHERE b.email_hash = $2::varchar AND b.blocked_until > t.now)
    RETURNING expires_at`,
};

/** Ends the oldest live sessions of an address. $1 hash of the address, $2 how many may stay. */
export const END_OLDEST_SESSIONS: Statement = {
  name: 'end-oldest-sessions',
  text: `
    UPDATE sessions s SET is_active = false
     WHERE s.id IN (SELECT o.id FROM sessions o
                     WHERE o.email_hash = $1 AND ${liveSession('o')}
                     ORDER BY o.created_at DESC, o.id DESC OFFSET $2::integer)
       AND ${liveSession('s')}
    RETURNING s.id`,
};

/** Shuts out the address of session $1 for $2 milliseconds; a longer time that was set before stays. */
export const BLOCK_VISITOR: Statement = {
  name: 'block-visitor',
  text: `
    INSERT INTO blocked_visitors AS b (email_hash, blocked_until)
    SELECT s.email_hash, clock_timestamp() + $2::bigint * interval '1 millisecond' FROM sessions s WHERE s.id = $1
        ON CONFLICT (email_hash) DO UPDATE SET blocked_until = greatest(b.blocked_until, excluded.blocked_until)`,
};

export const SELECT_LIVE_SESSION: Statement = {
  name: 'select-live-session',
  text: `
    WITH ${NOTE_ACTIVITY}
    SELECT s.id, s.created_at, s.expires_at, coalesce(n.last_activity, s.last_activity) AS last_activity,
           s.message_count
      FROM sessions s LEFT JOIN noted n ON true
     WHERE s.id = $1 AND ${liveSession('s')}`,
};

export const END_SESSION: Statement = {
  name: 'end-session',
  text: `UPDATE sessions s SET is_active = false WHERE s.id = $1 AND ${liveSession('s')} RETURNING s.id`,
};

/**
 * The live sessions of the caller's address, newest first, if the address was verified; otherwise the caller's
 * own one alone, because anybody could have named the address. $1 caller's session, $2 limit.
 */
export const SELECT_OWN_SESSIONS: Statement = {
  name: 'select-own-sessions',
  text: `
    WITH ${NOTE_ACTIVITY}
    SELECT o.id, o.created_at, o.expires_at, o.message_count, o.id = s.id AS is_current,
           CASE WHEN o.id = s.id THEN coalesce(n.last_activity, o.last_activity) ELSE o.last_activity END AS last_activity
      FROM sessions s
      JOIN sessions o ON o.email_hash = s.email_hash AND (s.email_verified OR o.id = s.id)
      LEFT JOIN noted n ON true
     WHERE s.id = $1 AND ${liveSession('s')} AND ${liveSession('o')}
     ORDER BY o.created_at DESC, o.id DESC LIMIT $2::integer`,
};

/** Ends one of the sessions that the statement above lists. $1 caller's session, $2 session to end. */
export const END_OWN_SESSION: Statement = {
  name: 'end-own-session',
  text: `
    UPDATE sessions o SET is_active = false
      FROM sessions s
     WHERE s.id = $1 AND ${liveSession('s')} AND o.id = $2 AND ${liveSession('o')}
       AND o.email_hash = s.email_hash AND (s.email_verified OR o.id = s.id)
    RETURNING o.id`,
};
