import { liveSession, NOTE_ACTIVITY } from '../../auth/session-statements.js';
import type { Statement } from '../../database/statement.js';
import { TURN_COLUMNS } from '../turn-statements.js';

/** How many pieces of news are read for a stream at once, and after how many bytes of text no further one is. */
export const PAGE_SIZE = 100;
const PAGE_BYTES = 65_536;

/** Where a conversation stands. $1 session. No row: no live session. */
export const SELECT_PLACE: Statement = {
  name: 'select-place',
  text: `
    WITH ${NOTE_ACTIVITY}
    SELECT s.last_sequence, s.operator_from_sequence IS NOT NULL AS is_taken_over
      FROM sessions s WHERE s.id = $1 AND ${liveSession('s')}`,
};

/**
 * What is new for many readers at once, a page for each: replies and operators' messages at their place, and the last
 * change of a message at the place of the change. A message that was withdrawn has no place but that of its withdrawal.
 * Everything is read as of one moment, and places are given under the session's lock, so whatever is committed later
 * has a later place.
 *
 * $1 sessions, $2 after which place. One row or more for each session that exists; `reader` counts from 1.
 */
export const SELECT_NEWS: Statement = {
  name: 'select-news',
  text: `
    SELECT w.reader::integer, s.last_sequence, s.erased_through_sequence, s.operator_from_sequence,
           ${liveSession('s')} AS is_live, n.*
      FROM unnest($1::varchar[], $2::integer[]) WITH ORDINALITY AS w (session_id, place, reader)
      JOIN sessions s ON s.id = w.session_id
      LEFT JOIN LATERAL (
        SELECT p.sequence, r.message_type, r.edited_at, r.withdrawn_at IS NOT NULL AS is_withdrawn,
               p.sequence > r.sequence AS is_change, ${TURN_COLUMNS},
               (count(*) OVER ())::integer AS found,
               sum(octet_length(r.content) + coalesce(octet_length(u.content), 0)) OVER earlier AS bytes_before
          FROM (
            (SELECT m.id, m.sequence FROM chat_messages m
              WHERE m.session_id = s.id AND m.sequence > w.place AND m.message_type <> 'user' AND m.withdrawn_at IS NULL
              ORDER BY m.sequence LIMIT ${PAGE_SIZE})
            UNION ALL
            (SELECT m.id, m.revision FROM chat_messages m
              WHERE m.session_id = s.id AND m.revision > w.place
              ORDER BY m.revision LIMIT ${PAGE_SIZE})
            ORDER BY sequence LIMIT ${PAGE_SIZE}
          ) p
          JOIN chat_messages r ON r.id = p.id
          LEFT JOIN chat_messages u ON u.id = r.reply_to_id
        WINDOW earlier AS (ORDER BY p.sequence ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
      ) n ON coalesce(n.bytes_before, 0) < ${PAGE_BYTES}
     ORDER BY w.reader, n.sequence`,
};

/**
 * Has whoever stores a reply in these sessions tell of it for a while. Rows that somebody is just writing are left for
 * the next time, and so are those that another replica has marked for long enough.
 *
 * $1 sessions, $2 for how many milliseconds. Rows: the sessions that are marked for half of that or longer.
 */
export const WATCH_SESSIONS: Statement = {
  name: 'watch-sessions',
  text: `
    WITH due AS MATERIALIZED (
      SELECT s.id FROM sessions s
       WHERE s.id = ANY ($1::varchar[])
         AND (s.events_watched_until < clock_timestamp() + $2::bigint / 2 * interval '1 millisecond') IS NOT FALSE
         FOR NO KEY UPDATE SKIP LOCKED
    ), marked AS (
      UPDATE sessions s SET events_watched_until = clock_timestamp() + $2::bigint * interval '1 millisecond'
        FROM due WHERE s.id = due.id
      RETURNING s.id
    )
    SELECT id FROM marked
    UNION ALL
    SELECT s.id FROM sessions s
     WHERE s.id = ANY ($1::varchar[])
       AND s.events_watched_until >= clock_timestamp() + $2::bigint / 2 * interval '1 millisecond'`,
};
