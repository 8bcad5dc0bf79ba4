/**
 * What the service is measured against: node:http and pg, the very SQL statements of the service and the same
 * model call, with nothing around them: no framework, no validation, no logging, no fallback.
 */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';
import pg from 'pg';
import { ACCEPT_TURN, COMPLETE_TURN, SELECT_HISTORY } from '../dist/src/chat/turn-statements.js';
import { newMessageId } from '../dist/src/common/ids.js';
import { BUILT_IN_SYSTEM_PROMPT } from '../dist/src/config/system-prompt.js';
import { verifyToken } from './access-token.mjs';

const { database, modelUrl, secret, poolSize } = JSON.parse(process.argv[2]);
const LEASE_MS = 45_000;
const CONTEXT_TURNS = 4;
const MESSAGE_LIMIT = 1_000_000;

const pool = new pg.Pool({ connectionString: database, max: poolSize, pipeline: true });
const agent = new Agent({ keepAlive: true });

/** Two round trips, as in the service: BEGIN travels with the statement. */
async function runInTransaction(statement, values) {
  const client = await pool.connect();
  try {
    const [, { rows }] = await Promise.all([client.query('BEGIN'), client.query({ ...statement, values })]);
    await client.query('COMMIT');
    return rows[0];
  } finally {
    client.release();
  }
}

async function readAll(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function askModel(messages) {
  const call = httpRequest(`${modelUrl}/chat/completions`, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json' },
  });
  const options = {
    temperature: 0.7,
    max_tokens: 500,
    stream: true,
    stream_options: { include_usage: true },
  };
  call.end(JSON.stringify({ model: 'instant', messages, ...options }));
  const [response] = await once(call, 'response');
  let text = '';
  let usage;
  for (const line of (await readAll(response)).split('\n')) {
    if (line.startsWith('data: {')) {
      const event = JSON.parse(line.slice(6));
      text += event.choices[0]?.delta.content ?? '';
      usage = event.usage ?? usage;
    }
  }
  return { text, usage };
}

async function chat(sessionId, message) {
  const accepted = await runInTransaction(ACCEPT_TURN, [
    ...[sessionId, newMessageId(), message, null, null],
    ...[MESSAGE_LIMIT, LEASE_MS, CONTEXT_TURNS],
  ]);
  const messages = [{ role: 'system', content: BUILT_IN_SYSTEM_PROMPT }];
  for (const { content, reply } of accepted.context ?? []) {
    messages.push({ role: 'user', content }, { role: 'assistant', content: reply });
  }
  const startedAt = Date.now();
  const { text, usage } = await askModel([...messages, { role: 'user', content: message }]);
  const completed = await runInTransaction(COMPLETE_TURN, [
    ...[
      sessionId,
      accepted.started_id,
      accepted.attempt,
      'answered',
      newMessageId(),
      text,
      'compatible:instant',
    ],
    ...[usage.prompt_tokens, usage.completion_tokens, Date.now() - startedAt, null, 1],
  ]);
  return {
    success: true,
    response: text,
    message_id: accepted.started_id,
    reply_id: completed.id,
    outcome: 'answered',
    created_at: accepted.started_at.toISOString(),
  };
}

async function history(sessionId, limit) {
  const { rows } = await pool.query({ ...SELECT_HISTORY, values: [sessionId, null, limit + 1] });
  const turns = rows.slice(0, limit).reverse();
  const messages = turns.map((row) => ({
    id: row.id,
    message: row.content,
    response: row.reply_content,
    outcome: row.outcome,
    timestamp: row.timestamp.toISOString(),
    responded_at: row.reply_timestamp.toISOString(),
  }));
  const hasMore = rows.length > limit;
  return { messages, total: rows[0].total, has_more: hasMore, next_cursor: hasMore ? turns[0].id : null };
}

let ping;

/** Checks that arrive together share one query, as they do in the service. */
async function health() {
  ping ??= pool.query('SELECT 1').finally(() => {
    ping = undefined;
  });
  await ping;
  const timestamp = new Date().toISOString();
  return { status: 'healthy', timestamp, database: 'connected', ai_service: 'available', version: '0' };
}

async function answer(request) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/health') {
    return health();
  }
  const sessionId = verifyToken(request.headers.authorization, secret);
  if (sessionId === undefined) {
    throw new Error('no sound token');
  }
  return url.pathname === '/chat'
    ? chat(sessionId, JSON.parse(await readAll(request)).message)
    : history(sessionId, Number(url.searchParams.get('limit')));
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  answer(request)
    .then((body) => ({ status: 200, body }))
    .catch((error) => ({ status: 500, body: { error: error.message } }))
    .then(({ status, body }) => {
      const text = JSON.stringify(body);
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      response.writeHead(status, headers).end(text);
    });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send({ port: server.address().port });
process.once('disconnect', () => process.exit(0));
