import { liveSession } from '../../auth/session-statements.js';
import type { Statement } from '../../database/statement.js';
import { TURN_CHANNEL } from './turn-signals.js';

/**
 * Stores deltas of many turns at once and tells the replicas that follow them. A turn that has been taken over
 * or has ended is left out: its writer learns of it by its absence. Storing a delta twice changes nothing.
 *
 * The turns are locked as their foreign key does it anyway, but before: a turn that is just being erased is then left
 * out, too, and does not break the write of all the others.
 *
 * $1 turns, $2 attempts, $3 sequences, $4 texts, $5 whether to tell by NOTIFY.
 */
export const APPEND_DELTAS: Statement = {
  name: 'append-deltas',
  text: `
    WITH accepted AS MATERIALIZED (
      SELECT b.*, u.cancel_requested
        FROM unnest($1::varchar[], $2::integer[], $3::integer[], $4::text[]) AS b (turn_id, attempt, sequence, text)
        JOIN chat_messages u ON u.id = b.turn_id AND u.attempt = b.attempt AND u.outcome = 'pending'
       ORDER BY u.id
         FOR KEY SHARE OF u
    ), stored AS (
      INSERT INTO turn_deltas (turn_id, attempt, sequence, text)
      SELECT turn_id, attempt, sequence, text FROM accepted
          ON CONFLICT DO NOTHING
    ), told AS MATERIALIZED (
      SELECT pg_notify('${TURN_CHANNEL}', 'turn:' || string_agg(DISTINCT turn_id, ','))
        FROM accepted WHERE $5::boolean HAVING count(*) > 0
    )
    SELECT a.turn_id, a.attempt, bool_or(a.cancel_requested) AS cancel_requested, (SELECT count(*) FROM told) AS told
      FROM accepted a GROUP BY a.turn_id, a.attempt`,
};

/**
 * Takes away what an attempt streamed that has been overtaken: a delta may have been on its way when the turn was
 * ended by another. $1 turn, $2 attempt.
 */
export const DISCARD_DELTAS: Statement = {
  name: 'discard-deltas',
  text: `DELETE FROM turn_deltas WHERE turn_id = $1 AND attempt = $2::integer`,
};

/** How turns stand, and what was streamed of them since. $1 turns, $2 how many deltas of each are known. */
export const SELECT_PROGRESS: Statement = {
  name: 'select-progress',
  text: `
    SELECT u.id, u.session_id, u.attempt, u.timestamp, u.outcome, u.discarded_deltas,
           u.outcome = 'pending' AND u.lease_expires_at < clock_timestamp() AS is_abandoned,
           r.id AS reply_id, r.content AS reply_content, r.delta_ends, r.prompt_tokens, r.completion_tokens,
           CASE WHEN r.id IS NULL THEN (
             SELECT json_agg(json_build_object('sequence', d.sequence, 'text', d.text) ORDER BY d.sequence)
               FROM turn_deltas d
              WHERE d.turn_id = u.id AND d.attempt = u.attempt AND d.sequence > w.known) END AS deltas
      FROM unnest($1::varchar[], $2::integer[]) AS w (turn_id, known)
      JOIN chat_messages u ON u.id = w.turn_id
      LEFT JOIN chat_messages r ON r.reply_to_id = u.id`,
};

/**
 * Asks for the end of a running turn, whichever replica runs it. $1 session, $2 turn. No row: no live session;
 * a row without id: no such turn.
 */
export const REQUEST_CANCEL: Statement = {
  name: 'request-cancel',
  text: `
    WITH requested AS (
      UPDATE chat_messages u SET cancel_requested = true
        FROM sessions s
       WHERE u.id = $2 AND u.session_id = $1 AND u.outcome = 'pending' AND s.id = $1 AND ${liveSession('s')}
      RETURNING u.id
    )
    SELECT u.id, (SELECT pg_notify('${TURN_CHANNEL}', 'cancel:' || r.id) FROM requested r) AS told
      FROM sessions s
      LEFT JOIN chat_messages u ON u.id = $2 AND u.session_id = s.id AND u.message_type = 'user'
     WHERE s.id = $1 AND ${liveSession('s')}`,
};

/**
 * What a lost signal would have said. $1 turns that run here; $2 sessions whose streams are open here, $3 the last
 * place that the reader of its news knows, $4 whether it knows of an operator who answers; nulls where nobody reads
 * its news.
 */
export const SELECT_MISSED_SIGNALS: Statement = {
  name: 'select-missed-signals',
  text: `
    SELECT 'cancel' AS kind, w.id FROM unnest($1::varchar[]) AS w (id) LEFT JOIN chat_messages u ON u.id = w.id
     WHERE u.id IS NULL OR u.cancel_requested
    UNION ALL
    SELECT CASE WHEN ${liveSession('s')} THEN 'news' ELSE 'session' END, w.id
      FROM unnest($2::varchar[], $3::integer[], $4::boolean[]) AS w (id, place, is_taken_over)
      LEFT JOIN sessions s ON s.id = w.id
     WHERE ${liveSession('s')} IS NOT TRUE OR s.last_sequence > w.place
        OR (s.operator_from_sequence IS NOT NULL) <> w.is_taken_over`,
};

/** $1 session. */
export const NOTIFY_SESSION_ENDED = `SELECT pg_notify('${TURN_CHANNEL}', 'session:' || $1::text)`;

/** $1 turn. */
export const NOTIFY_WATCHED: Statement = {
  name: 'notify-watched',
  text: `SELECT pg_notify('${TURN_CHANNEL}', 'watch:' || $1::text)`,
};
