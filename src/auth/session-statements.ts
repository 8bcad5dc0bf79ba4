import type { Statement } from '../database/statement.js';

/**
 * When a session can be used. Part of every statement that acts for a session, so that "live" is checked
 * in the same round trip and means the same everywhere. `alias` is the alias of the sessions table.
 */
export function liveSession(alias: string): string {
  return `(${alias}.is_active AND ${alias}.expires_at > clock_timestamp())`;
}

// The expiry falls on a whole second, because a token's `exp` can say no more than that.
export const INSERT_SESSION: Statement = {
  name: 'insert-session',
  text: `
    INSERT INTO sessions (id, email_hash, browser_hash, ip_address, created_at, expires_at, last_activity)
    VALUES ($1, $2, $3, $4, now(), date_trunc('second', now()) + $5::bigint * interval '1 millisecond', now())
    RETURNING created_at, expires_at`,
};

export const SELECT_LIVE_SESSION: Statement = {
  name: 'select-live-session',
  text: `
    SELECT s.id, s.created_at, s.expires_at, s.last_activity, s.message_count
      FROM sessions s
     WHERE s.id = $1 AND ${liveSession('s')}`,
};

export const END_SESSION: Statement = {
  name: 'end-session',
  text: `UPDATE sessions s SET is_active = false WHERE s.id = $1 AND ${liveSession('s')} RETURNING s.id`,
};
