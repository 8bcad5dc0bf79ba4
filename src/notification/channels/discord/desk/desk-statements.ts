import type { Statement } from '../../../../database/statement.js';

/** $1 thread. */
export const SELECT_SESSION_OF_THREAD: Statement = {
  name: 'select-session-of-discord-thread',
  text: `SELECT id FROM sessions WHERE discord_thread_id = $1`,
};

/** The live sessions with a thread in which operators have spoken, the latest first. $1 how many. */
export const SELECT_SPOKEN_THREADS: Statement = {
  name: 'select-discord-threads-with-operators',
  text: `
    SELECT s.id, s.discord_thread_id AS thread_id FROM sessions s
     WHERE s.is_active AND s.expires_at > now() AND s.operator_message_count > 0
       AND s.discord_thread_id IS NOT NULL
     ORDER BY s.last_activity DESC LIMIT $1::integer`,
};

/** What operators said in a session and have not taken back, the latest first. $1 session, $2 how many. */
export const SELECT_SAID: Statement = {
  name: 'select-said-by-operators',
  text: `
    SELECT m.external_id FROM chat_messages m
     WHERE m.session_id = $1 AND m.message_type = 'operator' AND m.withdrawn_at IS NULL
       AND m.external_id IS NOT NULL
     ORDER BY m.sequence DESC LIMIT $2::integer`,
};

/** $1 channel. */
export const SELECT_POSITION: Statement = {
  name: 'select-discord-position',
  text: `SELECT last_message_id FROM discord_positions WHERE channel_id = $1`,
};

/** $1 channel, $2 message. */
export const INSERT_POSITION: Statement = {
  name: 'insert-discord-position',
  text: `INSERT INTO discord_positions (channel_id, last_message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
};

/** Never back: a replica that holds the gateway no more may be late. $1 channel, $2 message. */
export const STORE_POSITION: Statement = {
  name: 'store-discord-position',
  text: `UPDATE discord_positions SET last_message_id = $2 WHERE channel_id = $1 AND last_message_id < $2`,
};

/** What was written while there is no desk is between operators. */
export const FORGET_POSITION: Statement = {
  name: 'forget-discord-position',
  text: `DELETE FROM discord_positions WHERE channel_id = $1`,
};
