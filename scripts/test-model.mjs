/**
 * The whole product against a real model, on any server that speaks like OpenAI (docs/models.md):
 *
 *     TEST_MODEL_URL=http://localhost:11434/v1 TEST_MODEL=llama3.2 npm run test:model
 *
 * Starts the built service on an empty data directory, holds a short conversation over HTTP as a visitor would,
 * says what happened and exits 1 at the first surprise. Without a server it is skipped, which is no failure.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const {
  TEST_MODEL_URL: url,
  TEST_MODEL: model,
  TEST_MODEL_KEY: key,
  TEST_MODEL_TIMEOUT_SECONDS,
} = process.env;
const START_TIMEOUT_MS = 60_000;
/** A model on a small machine is loaded with its first call. */
const MODEL_TIMEOUT_SECONDS = TEST_MODEL_TIMEOUT_SECONDS ?? '120';

if (!url || !model) {
  console.log(
    'skipped: set TEST_MODEL_URL and TEST_MODEL (and TEST_MODEL_KEY where the server wants one) to try the ' +
      'service with a real model, for example TEST_MODEL_URL=http://localhost:11434/v1 TEST_MODEL=llama3.2',
  );
  process.exit(0);
}

const build = spawnSync(process.execPath, ['scripts/build-if-needed.mjs'], { stdio: 'inherit' });
if (build.status !== 0) {
  process.exit(build.status ?? 1);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function start(port, dataDirectory) {
  const child = spawn(process.execPath, ['dist/src/main.js', '--stop-with-parent'], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: String(port),
      METRICS_PORT: '0',
      DATA_DIR: dataDirectory,
      LOG_FORMAT: 'json',
      AI_MODELS: `compatible:${model}`,
      COMPATIBLE_BASE_URL: url,
      ...(key && { COMPATIBLE_API_KEY: key }),
      AI_TIMEOUT_SECONDS: MODEL_TIMEOUT_SECONDS,
      AI_TEMPERATURE: '0',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  const ready = new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('/docs')) {
        resolve();
      }
    });
    child.once('close', (code) => reject(new Error(`the service ended with ${code}:\n${output}`)));
    setTimeout(() => reject(new Error(`not ready in time:\n${output}`)), START_TIMEOUT_MS).unref();
  });
  return { child, ready, output: () => output };
}

async function call(port, method, path, { token, body } = {}) {
  const startedAt = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      'user-agent': 'parley-test-model/1.0',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const milliseconds = Math.round(performance.now() - startedAt);
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, text, body: isJson ? JSON.parse(text) : undefined, milliseconds };
}

/** The events of a stream, each the object of its `data` line. */
function eventsOf(text) {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data));
}

/** What the service logged about its calls to the model: the reason of a failure, never its words. */
function failuresIn(output) {
  return output.split('\n').filter((line) => line.includes('"msg":"model call failed"'));
}

async function converse(port) {
  const signIn = await call(port, 'POST', '/auth/email', { body: { email: 'visitor@example.com' } });
  assert.equal(signIn.status, 200, 'a visitor must be able to sign in');
  const token = signIn.body.access_token;
  console.log('ok: signed in');

  const said = [];
  const say = async (message) => {
    const { status, body, milliseconds } = await call(port, 'POST', '/chat', { token, body: { message } });
    assert.equal(status, 200, `POST /chat answered ${status}: ${JSON.stringify(body)}`);
    console.log(`\n> ${message}\n< ${body.response}\n  (${body.outcome}, ${milliseconds} ms)\n`);
    assert.equal(body.outcome, 'answered', 'the model must have answered');
    said.push({ message, response: body.response });
    return body.response;
  };
  await say('My favourite colour is turquoise. Please answer in one short sentence.');
  const reply = await say('Which colour did I say I like most? Answer with the colour alone.');
  assert.match(reply, /turquoise/i, 'the model must have been given what was said before');
  console.log('ok: the model was given the conversation');

  const message = 'Thank you. Say good-bye in one sentence.';
  const stream = await call(port, 'POST', '/chat/stream', { token, body: { message } });
  assert.equal(stream.status, 200, `POST /chat/stream answered ${stream.status}: ${stream.text}`);
  const events = eventsOf(stream.text);
  const done = events.at(-1);
  const deltas = events.filter(({ type }) => type === 'delta').map(({ text }) => text);
  console.log(`\n> ${message}\n< ${deltas.join('|')}\n  (${done.outcome}, ${stream.milliseconds} ms)\n`);
  assert.equal(done.outcome, 'answered', 'the model must have answered');
  assert.equal(deltas.join(''), done.response, 'the deltas must make up the response');
  said.push({ message, response: done.response });
  console.log(`ok: a reply came in ${deltas.length} deltas`);

  const history = await call(port, 'GET', '/chat/history', { token });
  assert.deepEqual(
    history.body.messages.map(({ message, response }) => ({ message, response })),
    said,
    'the history must hold what was said',
  );
  console.log('ok: the history holds every turn, word for word');

  const health = await call(port, 'GET', '/health');
  assert.equal(health.body.ai_service, 'available', 'a model that answers must count as available');
  console.log('ok: /health says available');

  assert.equal((await call(port, 'DELETE', '/auth/session', { token })).status, 204);
  console.log('ok: signed out');
}

const port = await freePort();
const dataDirectory = await mkdtemp(join(tmpdir(), 'parley-test-model-'));
// Run by root, the database server is another user, who must get there.
await chmod(dataDirectory, 0o755);
const service = start(port, dataDirectory);
try {
  await service.ready;
  console.log(`ok: the service is up, with compatible:${model} at ${url}`);
  await converse(port);
  console.log('\ntest:model: passed');
} catch (error) {
  console.error(`\ntest:model: failed: ${error.message}`);
  console.error(failuresIn(service.output()).join('\n'));
  process.exitCode = 1;
} finally {
  if (service.child.exitCode === null) {
    const ended = once(service.child, 'close');
    service.child.kill('SIGTERM');
    await ended;
  }
  await rm(dataDirectory, { recursive: true, force: true });
}
