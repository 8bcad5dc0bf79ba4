/** The PostgreSQL of a run: a server, and on it one migrated and filled database for each of the two rivals. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { URLSearchParams } from 'node:url';
import pg from 'pg';
import { loadConfiguration } from '../dist/src/config/load-configuration.js';
import { startEmbeddedPostgres } from '../dist/src/database/embedded/embedded-postgres.js';
import { migrateAll } from '../dist/src/database/open-database.js';

export const HISTORY_TURNS = 20;

/** @param url of an existing server; without one an embedded server is started, as durable as in real use. */
export async function openServer(url) {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  // Started by root, PostgreSQL runs as another user, who has to get in.
  await chmod(folder, 0o755);
  if (url !== undefined) {
    return { url, folder, close: () => rm(folder, { recursive: true, force: true }) };
  }
  const server = await startEmbeddedPostgres({
    dataDirectory: join(folder, 'data'),
    durability: 'durable',
    inform: (message) => console.error(message),
  });
  const { host, port, user, database } = server.connection;
  return {
    // A URL object takes no user without a host, so all of it is in the query.
    url: `postgresql:///${database}?${new URLSearchParams({ user, host, port })}`,
    folder,
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
      await rm(dirname(server.clusterDirectory), { recursive: true, force: true });
    },
  };
}

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A database of its own for `rival`, migrated and with the sessions in it. */
export async function createDatabase(server, rival, chatSessions, historySessions) {
  const name = `parley_bench_${rival}_${randomBytes(4).toString('hex')}`;
  await withClient(server.url, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`));
  const address = new URL(server.url);
  address.pathname = `/${name}`;
  const url = address.href;
  const { configuration } = loadConfiguration({ DATA_DIR: server.folder }, server.folder, false);
  await migrateAll({ url }, configuration.database);
  await withClient(url, (client) => fill(client, chatSessions, historySessions));
  return {
    url,
    query: (text) => withClient(url, async (client) => (await client.query(text)).rows),
    drop: () =>
      withClient(server.url, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

async function fill(client, chatSessions, historySessions) {
  await client.query(
    `INSERT INTO sessions (id, email_hash, browser_hash, ip_address, expires_at)
     SELECT id, md5(id), md5(id), '127.0.0.1', date_trunc('second', now()) + interval '1 day'
       FROM unnest($1::varchar[]) id`,
    [[...chatSessions, ...historySessions]],
  );
  await client.query(
    `WITH question AS (
       INSERT INTO chat_messages (id, session_id, sequence, message_type, content, outcome)
       SELECT 'q' || left(md5(s || '-' || n), 21), s, 2 * n - 1, 'user', repeat('How long does it take? ', 4), 'answered'
         FROM unnest($1::varchar[]) s, generate_series(1, $2::integer) n
       RETURNING id, session_id, sequence
     )
     INSERT INTO chat_messages (id, session_id, sequence, message_type, content, reply_to_id, model)
     SELECT 'r' || right(id, 21), session_id, sequence + 1, 'assistant', repeat('Two working days. ', 10), id, 'seed'
       FROM question`,
    [historySessions, HISTORY_TURNS],
  );
  await client.query(
    'UPDATE sessions SET message_count = $2, last_sequence = 2 * $2 WHERE id = ANY ($1::varchar[])',
    [historySessions, HISTORY_TURNS],
  );
  await client.query('VACUUM ANALYZE sessions, chat_messages');
}
