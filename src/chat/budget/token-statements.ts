/**
 * Reserves what a turn can cost at most, in its session and in the day, or changes nothing; the session's row is
 * locked by the statement before. $1 session, $2 turn, $3 tokens, $4 limit of a session or null, $5 of a day or null.
 */
export const RESERVE_TOKENS = `
  WITH session AS (
    UPDATE sessions SET tokens_reserved = tokens_reserved + $3::bigint
     WHERE id = $1 AND ($4::bigint IS NULL OR tokens_used + tokens_reserved + $3::bigint <= $4::bigint)
    RETURNING id
  ), day AS (
    INSERT INTO daily_tokens (day, reserved)
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date, $3::bigint FROM session WHERE $3::bigint <= $5::bigint
        ON CONFLICT (day) DO UPDATE SET reserved = daily_tokens.reserved + excluded.reserved
     WHERE daily_tokens.used + daily_tokens.reserved + excluded.reserved <= $5::bigint
    RETURNING day
  ), turn AS (
    UPDATE chat_messages SET reserved_tokens = $3::integer, reserved_on = (SELECT day FROM day)
     WHERE id = $2 AND EXISTS (SELECT FROM session) AND ($5::bigint IS NULL OR EXISTS (SELECT FROM day))
    RETURNING id
  )
  SELECT EXISTS (SELECT FROM session) AS in_session, EXISTS (SELECT FROM turn) AS in_day`;

/** Exchanges what a turn reserved for what it cost. $1 turn, $2 tokens, or null for all that was reserved. */
export const SETTLE_TOKENS = `
  WITH turn AS (
    UPDATE chat_messages u SET reserved_tokens = NULL
      FROM (SELECT id, session_id, reserved_tokens, reserved_on FROM chat_messages
             WHERE id = $1 AND reserved_tokens IS NOT NULL) r
     WHERE u.id = r.id
    RETURNING r.session_id, r.reserved_tokens, r.reserved_on
  ), session AS (
    UPDATE sessions s
       SET tokens_reserved = s.tokens_reserved - t.reserved_tokens,
           tokens_used = s.tokens_used + coalesce($2::bigint, t.reserved_tokens)
      FROM turn t WHERE s.id = t.session_id
  )
  UPDATE daily_tokens d
     SET reserved = d.reserved - t.reserved_tokens, used = d.used + coalesce($2::bigint, t.reserved_tokens)
    FROM turn t WHERE d.day = t.reserved_on`;
