import { liveSession } from '../../auth/session-statements.js';
import type { Statement } from '../../database/statement.js';
import { keyDigest } from '../erasure/erasure-statements.js';
import { tellNews, TURN_CHANNEL } from '../streaming/turn-signals.js';

/**
 * Locks a session for a command and notes the command, so that it takes effect once. What follows in the
 * transaction sees everything that was committed before the lock was had; a single statement would not, since it
 * reads as of its start.
 *
 * $1 session, $2 command. No row: no such session.
 */
export const BEGIN_COMMAND: Statement = {
  name: 'begin-command',
  text: `
    WITH session AS MATERIALIZED (
      SELECT s.id, ${liveSession('s')} AS is_live, s.operator_from_sequence IS NOT NULL AS is_taken_over
        FROM sessions s WHERE s.id = $1
         FOR NO KEY UPDATE
    ), command AS (
      INSERT INTO operator_commands (id) SELECT $2 FROM session ON CONFLICT DO NOTHING RETURNING id
    )
    SELECT s.is_live, s.is_taken_over, EXISTS (SELECT FROM command) AS is_new FROM session s`,
};

/** The turns that a model is answering. $1 session, whose row is locked. */
export const SELECT_PENDING_TURNS: Statement = {
  name: 'select-pending-turns',
  text: `
    SELECT u.id FROM chat_messages u
     WHERE u.session_id = $1 AND u.message_type = 'user' AND u.outcome = 'pending'
     ORDER BY u.sequence`,
};

/**
 * TAKE OVER. From here on an operator answers: the session says so to every later ACCEPT and COMPLETE, and the
 * turns that a model is answering end here, with the notice for their reply. Their attempt goes up, as where a
 * dead turn is taken over, so what was streamed of them is void and whoever runs them can store nothing.
 *
 * $1 session, whose row is locked, $2 its pending turns in order, $3 as many new reply ids, $4 notice.
 */
export const TAKE_OVER: Statement = {
  name: 'take-over',
  text: `
    WITH session AS MATERIALIZED (
      SELECT s.id, s.last_sequence + 1 AS sequence FROM sessions s WHERE s.id = $1
    ), pending AS (
      SELECT * FROM unnest($2::varchar[], $3::varchar[]) WITH ORDINALITY AS p (turn_id, reply_id, place)
    ), turn AS (
      UPDATE chat_messages u
         SET outcome = 'operator', lease_expires_at = NULL, cancel_requested = true, attempt = u.attempt + 1,
             discarded_deltas = greatest(u.discarded_deltas, (
               SELECT count(*) FROM turn_deltas d WHERE d.turn_id = u.id AND d.attempt = u.attempt))
        FROM pending p
       WHERE u.id = p.turn_id AND u.session_id = $1
      RETURNING u.id
    ), reply AS (
      INSERT INTO chat_messages (id, session_id, sequence, message_type, content, timestamp, reply_to_id,
                                 duration_ms, tries)
      SELECT p.reply_id, s.id, s.sequence + p.place, 'assistant', $4, clock_timestamp(), t.id, 0, 0
        FROM pending p JOIN turn t ON t.id = p.turn_id CROSS JOIN session s
    ), deltas AS (
      DELETE FROM turn_deltas d USING turn t WHERE d.turn_id = t.id
    ), running AS (
      DELETE FROM running_turns l USING turn t WHERE l.turn_id = t.id
    ), advanced AS (
      UPDATE sessions s
         SET operator_from_sequence = n.sequence, last_sequence = n.sequence + cardinality($2::varchar[])
        FROM session n WHERE s.id = n.id
    ), told AS (
      SELECT pg_notify('${TURN_CHANNEL}', kind || array_to_string($2::varchar[], ','))
        FROM unnest(ARRAY['cancel:', 'turn:']) AS kind WHERE cardinality($2::varchar[]) > 0
    )
    SELECT sequence, (SELECT count(*) FROM told) AS told, ${tellNews('id')} FROM session`,
};

/** $1 session, whose row is locked. */
export const HAND_BACK: Statement = {
  name: 'hand-back',
  text: `
    UPDATE sessions SET operator_from_sequence = NULL WHERE id = $1 RETURNING ${tellNews('id')}`,
};

/**
 * Stores what an operator said, once. $1 session, $2 new message id, $3 its id where it was written, $4 text.
 * No row: no live session; a row without id: it is stored already, or was and has been erased.
 */
export const SAY: Statement = {
  name: 'say',
  text: `
    WITH session AS MATERIALIZED (
      SELECT s.id, s.last_sequence, s.erased_through_sequence FROM sessions s
       WHERE s.id = $1 AND ${liveSession('s')}
         FOR NO KEY UPDATE
    ), said AS (
      INSERT INTO chat_messages (id, session_id, sequence, message_type, content, timestamp, external_id)
      SELECT $2, s.id, s.last_sequence + 1, 'operator', $4, clock_timestamp(), $3 FROM session s
       WHERE s.erased_through_sequence = 0
          OR NOT EXISTS (SELECT FROM erased_keys k
                          WHERE k.session_id = s.id AND k.key_digest = ${keyDigest('operator', '$3::varchar')})
          ON CONFLICT (session_id, external_id) WHERE external_id IS NOT NULL DO NOTHING
      RETURNING id
    ), advanced AS (
      UPDATE sessions s
         SET last_sequence = s.last_sequence + 1, operator_message_count = s.operator_message_count + 1
        FROM said WHERE s.id = $1
    )
    SELECT said.id, CASE WHEN said.id IS NOT NULL THEN ${tellNews('s.id')} END
      FROM session s LEFT JOIN said ON true`,
};

/** $1 session, $2 id where it was written, $3 text. The same text again changes nothing. */
export const EDIT: Statement = {
  name: 'edit',
  text: `
    WITH session AS MATERIALIZED (
      SELECT s.id, s.last_sequence FROM sessions s WHERE s.id = $1 FOR NO KEY UPDATE
    ), edited AS (
      UPDATE chat_messages m
         SET content = $3, edited_at = clock_timestamp(), revision = s.last_sequence + 1
        FROM session s
       WHERE m.session_id = s.id AND m.external_id = $2 AND m.withdrawn_at IS NULL AND m.content <> $3
      RETURNING m.id
    ), advanced AS (
      UPDATE sessions s SET last_sequence = s.last_sequence + 1 FROM edited WHERE s.id = $1
    )
    SELECT id, ${tellNews('$1::text')} FROM edited`,
};

/** Takes a message's text away; its row stays, so that readers learn of it. $1 session, $2 id where it was written. */
export const WITHDRAW: Statement = {
  name: 'withdraw',
  text: `
    WITH session AS MATERIALIZED (
      SELECT s.id, s.last_sequence FROM sessions s WHERE s.id = $1 FOR NO KEY UPDATE
    ), withdrawn AS (
      UPDATE chat_messages m
         SET content = '', withdrawn_at = clock_timestamp(), revision = s.last_sequence + 1
        FROM session s
       WHERE m.session_id = s.id AND m.external_id = $2 AND m.withdrawn_at IS NULL
      RETURNING m.id
    ), advanced AS (
      UPDATE sessions s
         SET last_sequence = s.last_sequence + 1, operator_message_count = s.operator_message_count - 1
        FROM withdrawn WHERE s.id = $1
    )
    SELECT id, ${tellNews('$1::text')} FROM withdrawn`,
};

/** What an operator may know of a session. $1 session. */
export const DESCRIBE_SESSION: Statement = {
  name: 'describe-session',
  text: `
    SELECT ${liveSession('s')} AS is_live, s.created_at, s.expires_at, s.last_activity, s.message_count,
           s.operator_message_count, s.operator_from_sequence IS NOT NULL AS is_taken_over
      FROM sessions s WHERE s.id = $1`,
};
