/** Starts the built service and the bare server, each ready to be asked. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { nextMessage, startChild } from './child.mjs';

const START_TIMEOUT_MS = 60_000;
const RETRY_MS = 100;
export const POOL_SIZE = 10;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** The options of Node in `npm start`, so that what is measured is what is run. */
async function startOptions() {
  const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  // What stands behind the entry file is for the service itself.
  const [beforeEntry = ''] = scripts.start.split('dist/');
  return beforeEntry.split(/\s+/).filter((word) => word.startsWith('--'));
}

async function isReady(origin) {
  try {
    const { statusCode, body } = await request(`${origin}/readyz`);
    await body.dump();
    return statusCode === 200;
  } catch (error) {
    if (error.code === 'ECONNREFUSED') {
      return false;
    }
    throw error;
  }
}

/**
 * @param nodeOptions more options of Node, such as a preload.
 * @param settings more settings of the service, such as a channel of notifications.
 */
export async function startService({ database, modelUrl, secret, folder }, nodeOptions = [], settings = {}) {
  const port = await freePort();
  const child = startChild('../dist/src/main.js', {
    cwd: folder,
    nodeOptions: [...(await startOptions()), ...nodeOptions],
    environment: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      METRICS_PORT: '0',
      DATA_DIR: folder,
      DATABASE_URL: database,
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      JWT_SECRET_KEY: secret,
      EMAIL_HASH_KEY: `${secret}-for-addresses`,
      AI_MODELS: 'compatible:instant',
      COMPATIBLE_BASE_URL: modelUrl,
      MAX_MESSAGES_PER_SESSION: '1000000',
      RATE_LIMITING_ENABLED: 'false',
      NOTIFICATION_LOG_ENABLED: 'false',
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
      ...settings,
    },
  });
  const origin = `http://127.0.0.1:${port}`;
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (!(await isReady(origin))) {
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      throw new Error(`the service did not become ready (exit code ${child.exitCode ?? 'none'})`);
    }
    await delay(RETRY_MS);
  }
  return { child, origin };
}

export async function startBareServer({ database, modelUrl, secret }) {
  const parameters = [JSON.stringify({ database, modelUrl, secret, poolSize: POOL_SIZE })];
  const child = startChild('bare-server.mjs', { parameters, environment: { NODE_ENV: 'production' } });
  const { port } = await nextMessage(child, START_TIMEOUT_MS);
  return { child, origin: `http://127.0.0.1:${port}` };
}

export async function startModel() {
  const child = startChild('instant-model.mjs');
  const { port } = await nextMessage(child, START_TIMEOUT_MS);
  return { child, url: `http://127.0.0.1:${port}/v1` };
}
