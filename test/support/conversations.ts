/** Runs a statement; a test database and a plain client both do. */
type Query = (text: string, values?: unknown[]) => Promise<unknown>;

export interface Conversations {
  readonly turns: number;
  /** Default: 25. */
  readonly turnsPerSession?: number;
  /** Over how many days they are spread. Default: 60. */
  readonly days?: number;
}

/** How many conversations go on at the same time, so that their rows lie between each other as in real life. */
const AT_ONCE = 1_000;

/**
 * Fills a database with conversations as visitors leave them behind: the sessions of the last day are live, older
 * ones ended. Written in the order of time, a block of conversations in each statement.
 *
 * @returns how many sessions there are; the ids are those of {@link conversationId}.
 */
export async function fillConversations(query: Query, conversations: Conversations): Promise<number> {
  const turnsPerSession = conversations.turnsPerSession ?? 25;
  const sessions = Math.ceil(conversations.turns / turnsPerSession);
  await query(
    `INSERT INTO sessions (id, email_hash, browser_hash, ip_address, created_at, expires_at, last_activity,
                           is_active, message_count, last_sequence)
     SELECT ${ID}, md5('address' || n / 3) || md5('address' || n / 3), md5('browser') || md5('browser'), '203.0.113.7',
            t.at, t.at + interval '24 hours', t.at + interval '20 minutes', t.at > now() - interval '1 day', $2, 2 * $2
       FROM generate_series(1, $1::integer) n,
            LATERAL (SELECT now() - ($1 - n)::float8 / $1 * $3::float8 * interval '1 day' AS at) t`,
    [sessions, turnsPerSession, conversations.days ?? 60],
  );
  for (let first = 1; first <= sessions; first += AT_ONCE) {
    await query(
      `INSERT INTO chat_messages (id, session_id, sequence, message_type, content, timestamp, reply_to_id,
                                  idempotency_key, request_digest, outcome, model, prompt_tokens, completion_tokens,
                                  duration_ms, tries)
       SELECT CASE WHEN p.is_user THEN t.id ELSE 'r' || t.id END, t.session_id, 2 * t.turn - p.is_user::integer,
              CASE WHEN p.is_user THEN 'user' ELSE 'assistant' END,
              CASE WHEN p.is_user THEN repeat(md5(t.id) || ' ', 4) ELSE repeat(md5(t.id) || ' ', 10) END,
              t.at, CASE WHEN p.is_user THEN NULL ELSE t.id END,
              CASE WHEN p.is_user THEN md5('key' || t.id) END, CASE WHEN p.is_user THEN sha256(t.id::bytea) END,
              CASE WHEN p.is_user THEN 'answered' END, CASE WHEN NOT p.is_user THEN 'compatible:test' END,
              CASE WHEN NOT p.is_user THEN 200 END, CASE WHEN NOT p.is_user THEN 90 END,
              CASE WHEN NOT p.is_user THEN 900 END, CASE WHEN NOT p.is_user THEN 1 END
         FROM (SELECT turn, ${ID} AS session_id, s.created_at + turn * interval '40 seconds' AS at,
                      lpad(to_hex(($1 / ${AT_ONCE} * $3 + turn) * ${AT_ONCE} + n % ${AT_ONCE}), 10, '0')
                        || substr(md5(n || 'turn' || turn), 1, 11) AS id
                 FROM generate_series(1, $3::integer) turn, generate_series($1::integer, $2::integer) n
                 JOIN sessions s ON s.id = ${ID}) t,
              (VALUES (true), (false)) p (is_user)
        ORDER BY t.turn, t.session_id, p.is_user DESC`,
      [first, Math.min(first + AT_ONCE - 1, sessions), turnsPerSession],
    );
  }
  return sessions;
}

/** The session with this number, from 1, oldest first. */
export function conversationId(number: number): string {
  return `conversation-${String(number).padStart(19, '0')}`;
}

const ID = `'conversation-' || lpad(n::text, 19, '0')`;
