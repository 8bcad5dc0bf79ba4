import type { Statement } from '../../database/statement.js';

/** A code `c` that may still be compared. */
const LIVE_CODE = `c.consumed_at IS NULL AND c.tries_left > 0 AND c.expires_at > clock_timestamp()`;

/**
 * Stores a code, unless the address has been sent enough of them lately; run under the address's lock, so that the
 * count is exact. It also clears away some codes that have expired, more than it adds, so the table stays small.
 *
 * $1 id, $2 hash of the address, $3 hash of the code, $4 sealed mail, $5 lifetime in seconds, $6 tries,
 * $7 how many codes one address may have.
 */
export const STORE_CODE: Statement = {
  name: 'store-sign-in-code',
  text: `
    WITH expired AS MATERIALIZED (
      SELECT id FROM sign_in_codes WHERE expires_at < statement_timestamp()
       ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED
    ), cleared AS (
      DELETE FROM sign_in_codes c USING expired WHERE c.id = expired.id
    )
    INSERT INTO sign_in_codes (id, email_hash, code_hash, sealed_mail, created_at, expires_at, tries_left)
    SELECT $1, $2::varchar, $3, $4, t.now, t.now + $5::integer * interval '1 second', $6::smallint
      FROM (SELECT statement_timestamp() AS now) t
     WHERE (SELECT count(*) FROM sign_in_codes c WHERE c.email_hash = $2::varchar AND c.expires_at > t.now) < $7::integer`,
};

/**
 * Spends a try of every live code of an address and consumes the one that matches. The rows are locked in one
 * order, and looked at anew once locked: however many try at once, each code is compared as often as it has tries
 * and accepted once.
 *
 * Where there is no code to compare, a note in the log of transactions makes the commit cost what it costs
 * otherwise, so the time does not tell that nobody has asked for one.
 *
 * $1 hash of the address, $2 hash of the code.
 */
export const TRY_CODE: Statement = {
  name: 'try-sign-in-code',
  text: `
    WITH live AS MATERIALIZED (
      SELECT c.id FROM sign_in_codes c WHERE c.email_hash = $1 AND ${LIVE_CODE} ORDER BY c.id FOR UPDATE
    ), tried AS (
      UPDATE sign_in_codes c
         SET tries_left = c.tries_left - 1,
             consumed_at = CASE WHEN c.code_hash = $2 THEN clock_timestamp() END
        FROM live WHERE c.id = live.id
      RETURNING c.consumed_at IS NOT NULL AS is_match
    )
    SELECT coalesce(bool_or(is_match), false) AS is_match,
           CASE WHEN count(*) = 0 THEN pg_logical_emit_message(true, 'parley', 'no code') END AS note
      FROM tried`,
};

/** What is to be mailed, if it is still worth mailing. $1 id. */
export const SELECT_SEALED_MAIL: Statement = {
  name: 'select-sealed-mail',
  text: `SELECT c.sealed_mail FROM sign_in_codes c WHERE c.id = $1 AND c.sealed_mail IS NOT NULL AND ${LIVE_CODE}`,
};

/** Forgets the address and the code once they are mailed. $1 id. */
export const FORGET_SEALED_MAIL: Statement = {
  name: 'forget-sealed-mail',
  text: `UPDATE sign_in_codes SET sealed_mail = NULL WHERE id = $1`,
};
