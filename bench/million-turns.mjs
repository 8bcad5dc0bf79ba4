/**
 * What a million turns do to the tables: fills a database with them, then lets conversations go on with the service's
 * own statements, a few hundred turns at a time under way, and prints sizes, dead rows and the share of updates that
 * touched no index (HOT); at last the retention removes a part of them in its batches.
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { newMessageId } from '../dist/src/common/ids.js';
import { REMOVE_OLD_CONVERSATIONS } from '../dist/src/chat/housekeeping/housekeeping-statements.js';
import { ACCEPT_TURN, COMPLETE_TURN } from '../dist/src/chat/turn-statements.js';
import { fillConversations } from '../test/support/conversations.ts';
import { createDatabase, openServer } from './bench-database.mjs';

const IN_FLIGHT = 200;
const WRITERS = 4;
const TABLES = ['sessions', 'chat_messages', 'running_turns'];
const QUESTION = 'How long does it take until my order arrives? '.repeat(3);
const ANSWER = 'Two working days, and I can tell you the hour on the day before. '.repeat(5);

const { values: options } = parseArgs({
  options: {
    turns: { type: 'string', default: '1000000' },
    /** How many turns each phase of updates has. */
    updates: { type: 'string', default: '20000' },
    /** For the messages, one phase each; the free space on a page is what an update needs to touch no index. */
    fillfactors: { type: 'string', default: '100,90,80,70' },
    database: { type: 'string' },
  },
});

const say = (text) => console.log(text);
const seconds = (since) => `${((performance.now() - since) / 1_000).toFixed(1)} s`;
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`;

async function sizes(client, title) {
  const { rows } = await client.query(
    `SELECT c.relname, pg_table_size(c.oid)::float8 AS heap, pg_indexes_size(c.oid)::float8 AS indexes,
            s.n_live_tup AS live, s.n_dead_tup AS dead, s.autovacuum_count AS vacuums
       FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
      WHERE c.relname = ANY ($1) ORDER BY c.relname`,
    [TABLES],
  );
  say(`\n${title}`);
  for (const { relname, heap, indexes, live, dead, vacuums } of rows) {
    say(
      `  ${relname.padEnd(14)} ${megabytes(heap).padStart(8)} table ${megabytes(indexes).padStart(8)} indexes ` +
        `${String(live).padStart(9)} rows ${String(dead).padStart(7)} dead, vacuumed ${vacuums} times`,
    );
  }
}

async function turnPhase(url, turns, live) {
  const pool = new pg.Pool({ connectionString: url, max: WRITERS });
  const underWay = [];
  let begun = 0;
  const complete = async ({ session, id }) => {
    await pool.query({
      ...COMPLETE_TURN,
      values: [session, id, 1, 'answered', newMessageId(), ANSWER, 'bench', 200, 90, 900, null, 1],
    });
  };
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (begun < turns) {
        begun += 1;
        const session = live[begun % live.length];
        const id = newMessageId();
        await pool.query({
          ...ACCEPT_TURN,
          values: [session, id, QUESTION, `key-${id}`, Buffer.alloc(32), 1_000_000, 45_000, 4],
        });
        underWay.push({ session, id });
        if (underWay.length > IN_FLIGHT) {
          await complete(underWay.shift());
        }
      }
    }),
  );
  await Promise.all(underWay.map(complete));
  await pool.end();
}

/** Counters are written by each connection at its end, or soon after. */
async function updateCounts(client) {
  await client.query('SELECT pg_sleep(1.5)');
  const { rows } = await client.query(
    `SELECT relname, n_tup_upd::integer AS updates, n_tup_hot_upd::integer AS hot FROM pg_stat_user_tables
      WHERE relname = ANY ($1) AND n_tup_upd > 0 ORDER BY relname`,
    [TABLES],
  );
  return new Map(rows.map(({ relname, updates, hot }) => [relname, { updates, hot }]));
}

function hotShares(before, after) {
  return [...after].map(([table, { updates, hot }]) => {
    const known = before.get(table) ?? { updates: 0, hot: 0 };
    const all = updates - known.updates;
    return `${table} ${((100 * (hot - known.hot)) / all).toFixed(1)} % of ${all}`;
  });
}

async function relationSizes(client) {
  const { rows } = await client.query(
    `SELECT pg_table_size('chat_messages')::float8 AS heap, pg_indexes_size('chat_messages')::float8 AS indexes`,
  );
  return rows[0];
}

async function retentionPhase(client) {
  const durations = [];
  let sessions = 0;
  let messages = 0;
  for (;;) {
    const start = performance.now();
    const { rows } = await client.query({ ...REMOVE_OLD_CONVERSATIONS, values: [57 * 86_400_000, 20, 500] });
    if (rows[0].sessions + rows[0].messages === 0) {
      break;
    }
    durations.push(performance.now() - start);
    sessions += rows[0].sessions;
    messages += rows[0].messages;
  }
  durations.sort((one, other) => one - other);
  say(
    `\nRetention: ${sessions} sessions with ${messages} rows deleted by statement (replies go with their messages) in ` +
      `${durations.length} batches, median ${durations[durations.length >> 1]?.toFixed(0)} ms, ` +
      `longest ${durations.at(-1)?.toFixed(0)} ms`,
  );
}

const server = await openServer(options.database);
const database = await createDatabase(server, 'million', [], []);
const client = new pg.Client({ connectionString: database.url });
await client.connect();
try {
  const turns = Number(options.turns);
  let start = performance.now();
  const count = await fillConversations((text, values) => client.query(text, values), { turns });
  say(`${turns} turns in ${count} sessions, written in ${seconds(start)}`);
  start = performance.now();
  await client.query('VACUUM ANALYZE sessions, chat_messages');
  say(`VACUUM ANALYZE: ${seconds(start)}`);
  await sizes(client, 'Filled');

  const { rows } = await client.query(
    `SELECT id FROM sessions WHERE expires_at > now() + interval '1 hour' LIMIT 500`,
  );
  const live = rows.map(({ id }) => id);
  for (const fillfactor of options.fillfactors.split(',')) {
    await client.query(`ALTER TABLE chat_messages SET (fillfactor = ${Number(fillfactor)})`);
    const known = await updateCounts(client);
    const before = await relationSizes(client);
    start = performance.now();
    await turnPhase(database.url, Number(options.updates), live);
    const duration = seconds(start);
    const shares = hotShares(known, await updateCounts(client));
    const after = await relationSizes(client);
    const perTurn = (kind) => Math.round((after[kind] - before[kind]) / Number(options.updates));
    say(
      `\n${options.updates} turns, messages filled to ${fillfactor} %, in ${duration}: ` +
        `${perTurn('heap')} bytes of table and ${perTurn('indexes')} of indexes a turn\n  HOT: ${shares.join(', ')}`,
    );
  }
  await sizes(client, 'After the updates');
  await retentionPhase(client);
  start = performance.now();
  await client.query('VACUUM sessions, chat_messages, running_turns');
  say(`VACUUM: ${seconds(start)}`);
  await sizes(client, 'After the retention and a vacuum');
} finally {
  await client.end();
  await database.drop();
  await server.close();
}
