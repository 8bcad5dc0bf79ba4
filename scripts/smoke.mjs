/**
 * A visitor's day against the built service as a newcomer starts it: `npm start` with nothing configured.
 * Signs in, chats three times, reads the pairs back, signs out and is refused; then the service is stopped
 * and started again, and another visitor's conversation is still there. Exits 1 at the first surprise.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_TIMEOUT_MS = 60_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function start(port, dataDirectory) {
  const child = spawn('npm', ['start', '--silent'], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: String(port),
      METRICS_PORT: '0',
      DATA_DIR: dataDirectory,
      LOG_FORMAT: 'json',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
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
  await ready;
  return Object.assign(child, { output: () => output });
}

async function stop(child) {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'close');
    child.kill('SIGTERM');
    await exited;
  }
  // npm reports the signal; what counts is that the service ended in order.
  assert.match(child.output(), /"msg":"stopped"/);
}

function client(port) {
  return async (method, path, { token, body } = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        'user-agent': 'parley-smoke/1.0',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}

async function signIn(call, email) {
  const { status, body } = await call('POST', '/auth/email', { body: { email } });
  assert.equal(status, 200);
  return body.access_token;
}

async function visit(call) {
  const token = await signIn(call, 'visitor@example.com');
  for (const message of ['Hello', 'Do you know me?', 'Good-bye']) {
    const { status, body } = await call('POST', '/chat', { token, body: { message } });
    assert.equal(status, 200);
    assert.equal(body.success, true);
    assert.ok(body.response.length > 0);
  }
  const history = await call('GET', '/chat/history', { token });
  assert.deepEqual(
    history.body.messages.map(({ message }) => message),
    ['Hello', 'Do you know me?', 'Good-bye'],
  );
  assert.ok(history.body.messages.every(({ response }) => response.length > 0));
  assert.equal((await call('DELETE', '/auth/session', { token })).status, 204);
  const refused = await call('POST', '/chat', { token, body: { message: 'Too late' } });
  assert.deepEqual([refused.status, refused.body.code], [401, 'session_ended']);
}

const port = await freePort();
const dataDirectory = await mkdtemp(join(tmpdir(), 'parley-smoke-'));
// Run by root, the database server is another user, who must get there.
await chmod(dataDirectory, 0o755);
const call = client(port);
let service = await start(port, dataDirectory);
try {
  assert.equal((await call('GET', '/readyz')).status, 200);
  await visit(call);
  const other = await signIn(call, 'other@example.com');
  await call('POST', '/chat', { token: other, body: { message: 'Remember this' } });
  await stop(service);
  service = await start(port, dataDirectory);
  const { body } = await call('GET', '/chat/history', { token: other });
  assert.deepEqual(
    body.messages.map(({ message }) => message),
    ['Remember this'],
  );
  console.log('smoke: 1 passed, 0 failed');
} finally {
  await stop(service);
  await rm(dataDirectory, { recursive: true, force: true });
}
