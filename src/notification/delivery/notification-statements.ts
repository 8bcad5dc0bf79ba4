import type { Statement } from '../../database/statement.js';

/** $1 session, $2 channel, $3 fact, $4 message, $5 reply, $6 details. */
export const INSERT_NOTIFICATION = `
  INSERT INTO notifications (session_id, channel, fact, message_id, reply_id, details)
  VALUES ($1, $2, $3, $4, $5, $6)`;

/** The next ones in the conversation's order, with what they are about. $1 session, $2 channel, $3 limit. */
export const SELECT_NEXT_NOTIFICATIONS: Statement = {
  name: 'select-next-notifications',
  text: `
    SELECT n.id, n.fact, n.session_id, n.message_id, n.reply_id, n.details, n.created_at, n.attempts,
           greatest(0, extract(epoch FROM n.not_before - clock_timestamp()) * 1000)::float8 AS wait_ms,
           s.ip_address, u.content AS message, r.content AS reply
      FROM notifications n
      JOIN sessions s ON s.id = n.session_id
      LEFT JOIN chat_messages u ON u.id = n.message_id
      LEFT JOIN chat_messages r ON r.id = n.reply_id
     WHERE n.session_id = $1 AND n.channel = $2 AND n.failed_at IS NULL
     ORDER BY n.id LIMIT $3::integer`,
};

export const DELETE_NOTIFICATION: Statement = {
  name: 'delete-notification',
  text: `DELETE FROM notifications WHERE id = $1`,
};

export const COUNT_ATTEMPT: Statement = {
  name: 'count-notification-attempt',
  text: `UPDATE notifications SET attempts = attempts + 1 WHERE id = $1 RETURNING attempts`,
};

/** $1 id, $2 milliseconds. */
export const POSTPONE_NOTIFICATION: Statement = {
  name: 'postpone-notification',
  text: `UPDATE notifications SET not_before = clock_timestamp() + $2::float8 * interval '1 millisecond' WHERE id = $1`,
};

/** $1 id, $2 why. */
export const FAIL_NOTIFICATION: Statement = {
  name: 'fail-notification',
  text: `UPDATE notifications SET failed_at = now(), failure = $2 WHERE id = $1`,
};
