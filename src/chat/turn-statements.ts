import { liveSession, NOTE_ACTIVITY } from '../auth/session-statements.js';
import type { Statement } from '../database/statement.js';
import { keyDigest } from './erasure/erasure-statements.js';
import { tellNews, TURN_CHANNEL } from './streaming/turn-signals.js';

/** A turn whose process has died keeps `pending` in its row until somebody takes it over; readers see the truth. */
export const VISIBLE_OUTCOME = `
  CASE WHEN u.outcome = 'pending' AND u.lease_expires_at < clock_timestamp() THEN 'interrupted' ELSE u.outcome END`;

/** What was streamed of a reply that nobody finished. Evaluated for turns without a reply only. */
const PARTIAL_TEXT = `(
    SELECT string_agg(d.text, '' ORDER BY d.sequence) FROM turn_deltas d
     WHERE d.turn_id = u.id AND d.attempt = u.attempt)`;

/** A turn with its reply, as every reader of turns sees it: `u` is the user message, `r` the reply. */
export const TURN_COLUMNS = `
  u.id, u.content, u.timestamp, u.outcome = 'pending' AS is_pending, ${VISIBLE_OUTCOME} AS outcome,
  r.id AS reply_id, r.content AS reply_content, r.timestamp AS reply_timestamp,
  r.model, r.prompt_tokens, r.completion_tokens,
  CASE WHEN u.outcome = 'pending' AND u.lease_expires_at < clock_timestamp() THEN ${PARTIAL_TEXT} END AS partial_text`;

/**
 * ACCEPT. One statement decides and records everything, under the lock of the session's row:
 * is the session live, is the key new, is the limit not reached; then it inserts the message, counts it,
 * and returns the context for the model: earlier turns, and what operators said between them. The lock makes the count exact and the sequence gapless.
 *
 * Where the key exists, the turn is returned as it stands; a turn whose lease has run out and whose message
 * is the same is taken over: `attempt` goes up, which fences off whoever had it before, and what that one
 * streamed is void.
 *
 * A key whose message was erased is refused, and nothing erased is returned or passed on, also where this statement
 * had read it before the erasure got the lock.
 *
 * A twin that commits while this statement waits for the lock is not in its snapshot: the insert then meets
 * the unique index and does nothing, and the statement returns neither a new nor an existing turn. Whoever
 * runs it runs it again.
 *
 * $1 session, $2 new message id, $3 content, $4 key or null, $5 digest or null, $6 message limit,
 * $7 lease in milliseconds, $8 how many earlier turns the context holds.
 */
export const ACCEPT_TURN: Statement = {
  name: 'accept-turn',
  text: `
    WITH session AS MATERIALIZED (
      SELECT s.id, ${liveSession('s')} AS is_live, s.message_count, s.last_sequence,
             s.operator_from_sequence IS NOT NULL AS is_taken_over, s.operator_message_count,
             s.erased_through_sequence
        FROM sessions s WHERE s.id = $1
         FOR NO KEY UPDATE
    ), existing AS MATERIALIZED (
      SELECT ${TURN_COLUMNS}, u.sequence, u.request_digest = $5::bytea AS is_same_request
        FROM chat_messages u LEFT JOIN chat_messages r ON r.reply_to_id = u.id
       WHERE u.session_id = $1 AND u.idempotency_key = $4::varchar
    ), erased_key AS MATERIALIZED (
      SELECT FROM session s JOIN erased_keys k ON k.session_id = s.id
       WHERE s.erased_through_sequence > 0 AND k.key_digest = ${keyDigest('client', '$4::varchar')}
    ), inserted AS (
      INSERT INTO chat_messages (id, session_id, sequence, message_type, content, timestamp,
                                 idempotency_key, request_digest, outcome, lease_expires_at)
      SELECT $2, s.id, s.last_sequence + 1, 'user', $3, clock_timestamp(),
             $4, $5, 'pending', clock_timestamp() + $7::bigint * interval '1 millisecond'
        FROM session s
       WHERE s.is_live AND s.message_count < $6::integer AND NOT EXISTS (SELECT FROM existing)
         AND NOT EXISTS (SELECT FROM erased_key)
          ON CONFLICT (session_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
      RETURNING id, sequence, attempt, timestamp, discarded_deltas
    ), counted AS (
      UPDATE sessions s
         SET message_count = s.message_count + 1, last_sequence = s.last_sequence + 1,
             last_activity = clock_timestamp()
        FROM inserted WHERE s.id = $1
    ), taken_over AS (
      UPDATE chat_messages u
         SET attempt = u.attempt + 1, cancel_requested = false,
             discarded_deltas = greatest(u.discarded_deltas, (
               SELECT count(*) FROM turn_deltas d WHERE d.turn_id = u.id AND d.attempt = u.attempt)),
             lease_expires_at = clock_timestamp() + $7::bigint * interval '1 millisecond'
        FROM session s
       WHERE s.is_live AND u.session_id = s.id AND u.idempotency_key = $4 AND u.request_digest = $5
         AND u.outcome = 'pending' AND u.lease_expires_at < clock_timestamp()
      RETURNING u.id, u.sequence, u.attempt, u.timestamp, u.discarded_deltas
    ), discarded AS (
      DELETE FROM turn_deltas d USING taken_over t WHERE d.turn_id = t.id
    ), started AS (
      SELECT *, true AS is_new FROM inserted UNION ALL SELECT *, false AS is_new FROM taken_over
    ), running AS (
      INSERT INTO running_turns (turn_id, session_id) SELECT id, $1 FROM started ON CONFLICT DO NOTHING
    ), context AS (
      SELECT u.sequence, u.content, u.outcome, r.content AS reply_content
        FROM chat_messages u LEFT JOIN chat_messages r ON r.reply_to_id = u.id
       WHERE u.session_id = $1 AND u.message_type = 'user' AND u.outcome NOT IN ('pending', 'blocked')
         AND u.sequence < coalesce((SELECT min(sequence) FROM started), 0)
         AND u.sequence > (SELECT erased_through_sequence FROM session)
       ORDER BY u.sequence DESC LIMIT $8::integer
    ), said AS (
      SELECT o.sequence, o.content
        FROM session s JOIN chat_messages o ON o.session_id = s.id AND o.message_type = 'operator'
       WHERE s.operator_message_count > 0 AND o.withdrawn_at IS NULL
         AND o.sequence > (SELECT CASE WHEN count(*) < $8::integer THEN 0 ELSE min(sequence) END FROM context)
         AND o.sequence < coalesce((SELECT min(sequence) FROM started), 0)
         AND o.sequence > (SELECT erased_through_sequence FROM session)
       ORDER BY o.sequence DESC LIMIT $8::integer
    )
    SELECT s.is_live, s.is_taken_over, s.message_count,
           st.id AS started_id, st.attempt, st.timestamp AS started_at, st.is_new, st.discarded_deltas,
           e.id, e.content, e.timestamp, e.is_pending, e.outcome, e.is_same_request,
           e.reply_id, e.reply_content, e.reply_timestamp, e.partial_text,
           e.model, e.prompt_tokens, e.completion_tokens, EXISTS (SELECT FROM erased_key) AS is_key_erased,
           (SELECT json_agg(json_build_object('content', c.content, 'reply', c.reply) ORDER BY c.sequence)
              FROM (SELECT sequence, content,
                           CASE WHEN outcome NOT IN ('fallback', 'operator') THEN reply_content END AS reply
                      FROM context
                     UNION ALL
                    SELECT sequence, NULL, content FROM said) c) AS context
      FROM session s LEFT JOIN started st ON true LEFT JOIN existing e ON e.sequence > s.erased_through_sequence`,
};

/**
 * COMPLETE. Stores the reply and the outcome together, if the turn is still this attempt's; the session's
 * row is locked first, as ACCEPT does, so the two can never wait for each other. Running it twice with the
 * same reply id changes nothing and returns the reply again, so an unknown COMMIT can be repeated.
 *
 * In a session that an operator has taken over no reply of a model is stored.
 *
 * Replicas that follow the turn are told when it commits, where it was streamed; and so are those that read the
 * session's news, where somebody does.
 *
 * $1 session, $2 turn, $3 attempt, $4 outcome, $5 new reply id, $6 text, $7 model, $8 prompt tokens,
 * $9 completion tokens, $10 milliseconds, $11 ends of its deltas, or null where it was not streamed,
 * $12 calls to models.
 */
export const COMPLETE_TURN: Statement = {
  name: 'complete-turn',
  text: `
    WITH session AS MATERIALIZED (
      SELECT s.id, s.last_sequence, s.operator_from_sequence, s.events_watched_until > clock_timestamp() AS is_watched
        FROM sessions s WHERE s.id = $1 FOR NO KEY UPDATE
    ), turn AS (
      UPDATE chat_messages u SET outcome = $4, lease_expires_at = NULL
        FROM session s
       WHERE u.id = $2 AND u.session_id = s.id AND u.attempt = $3::integer AND u.outcome = 'pending'
         AND (s.operator_from_sequence IS NULL OR $4 IN ('operator', 'blocked'))
      RETURNING u.id
    ), reply AS (
      INSERT INTO chat_messages (id, session_id, sequence, message_type, content, timestamp, reply_to_id,
                                 model, prompt_tokens, completion_tokens, duration_ms, delta_ends, tries)
      SELECT $5, s.id, s.last_sequence + 1, 'assistant', $6, clock_timestamp(), t.id,
             $7, $8::integer, $9::integer, $10::integer, $11::integer[], $12::integer
        FROM turn t CROSS JOIN session s
      RETURNING id, timestamp
    ), deltas AS (
      DELETE FROM turn_deltas d USING turn t WHERE d.turn_id = t.id
    ), running AS (
      DELETE FROM running_turns l USING turn t WHERE l.turn_id = t.id
    ), advanced AS (
      UPDATE sessions s SET last_sequence = s.last_sequence + 1, last_activity = clock_timestamp()
        FROM reply WHERE s.id = $1
    )
    SELECT id, timestamp, true AS is_new,
           CASE WHEN $11::integer[] IS NOT NULL THEN pg_notify('${TURN_CHANNEL}', 'turn:' || $2::text) END,
           CASE WHEN (SELECT is_watched FROM session) THEN ${tellNews('$1::text')} END
      FROM reply
    UNION ALL
    SELECT id, timestamp, false, NULL, NULL FROM chat_messages WHERE id = $5 AND reply_to_id = $2`,
};

/** One turn of a live session. $1 session, $2 turn. No row: no live session; a row without id: no such turn. */
export const SELECT_TURN: Statement = {
  name: 'select-turn',
  text: `
    WITH ${NOTE_ACTIVITY}
    SELECT ${TURN_COLUMNS}
      FROM sessions s
      LEFT JOIN chat_messages u ON u.id = $2 AND u.session_id = s.id AND u.message_type = 'user'
      LEFT JOIN chat_messages r ON r.reply_to_id = u.id
     WHERE s.id = $1 AND ${liveSession('s')}`,
};

/**
 * The newest items of a conversation before a cursor, newest first: turns, and what operators said. The subquery is
 * evaluated once and bounds the index scan, so a page costs the same at any depth. $1 session, $2 cursor (an item's
 * id) or null, $3 limit.
 */
export const SELECT_HISTORY: Statement = {
  name: 'select-history',
  text: `
    WITH page_end AS MATERIALIZED (
      SELECT sequence FROM chat_messages
       WHERE id = $2::varchar AND session_id = $1 AND message_type <> 'assistant'
    ), ${NOTE_ACTIVITY}
    SELECT s.message_count - s.erased_message_count + s.operator_message_count AS total,
           ($2::varchar IS NOT NULL AND NOT EXISTS (SELECT FROM page_end)) AS is_bad_cursor,
           t.*
      FROM sessions s
      LEFT JOIN LATERAL (
        SELECT ${TURN_COLUMNS}, u.sequence, u.message_type, u.edited_at
          FROM chat_messages u LEFT JOIN chat_messages r ON r.reply_to_id = u.id
         WHERE u.session_id = s.id AND u.message_type <> 'assistant' AND u.withdrawn_at IS NULL
           AND u.sequence < coalesce((SELECT sequence FROM page_end), 2147483647)
         ORDER BY u.sequence DESC LIMIT $3::integer
      ) t ON true
     WHERE s.id = $1 AND ${liveSession('s')}
     ORDER BY t.sequence DESC`,
};
