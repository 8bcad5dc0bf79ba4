/**
 * The benchmark: the built service against a bare server with the same SQL and the same model call, on the same
 * PostgreSQL and under the same load. See USAGE.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { setInterval, setTimeout } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { signToken } from './access-token.mjs';
import { createDatabase, HISTORY_TURNS, openServer } from './bench-database.mjs';
import { killAllChildren, nextMessage, startChild, stopAllChildren } from './child.mjs';
import { memoryOf } from './memory.mjs';
import { median, medians, ratios, render } from './report.mjs';
import { startBareServer, startModel, startService } from './rivals.mjs';
import { countRoundTrips } from './round-trips.mjs';

const USAGE = `Usage: npm run bench -- [options]
  --seconds N         how long each route is loaded, per round and server (default 5)
  --rounds N          how often; the figures are medians (default 3)
  --database URL      an existing PostgreSQL whose user may create databases (default: an embedded one)
  --json FILE         also write the figures to FILE
  --cpu-profile DIR   write a CPU profile of the service to DIR; it slows the service down
`;
const SESSIONS = 100;
const WARM_UP_SECONDS = 1;
const SETTLE_MS = 2_000;
const SAMPLE_MS = 500;
/** For starting, filling, counting and stopping; the load itself comes on top. */
const OVERHEAD_MS = 120_000;
const LOAD_GRACE_MS = 60_000;
const EXIT_USAGE = 64;

function readOptions() {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      database: { type: 'string' },
      json: { type: 'string' },
      'cpu-profile': { type: 'string' },
    },
  });
  const seconds = Number(values.seconds);
  const rounds = Number(values.rounds);
  if (!(seconds > 0 && seconds <= 600 && Number.isInteger(rounds) && rounds > 0 && rounds <= 100)) {
    throw new TypeError('--seconds takes a number up to 600, --rounds a whole number up to 100');
  }
  return { ...values, seconds, rounds, profileFolder: values['cpu-profile'] };
}

const newIds = () => Array.from({ length: SESSIONS }, () => randomBytes(24).toString('base64url'));

function describeRoutes(secret, chatSessions, historySessions) {
  const tokens = (sessions) => sessions.map((session) => signToken(session, secret));
  const body = JSON.stringify({ message: 'When will my order arrive? I need it before the end of the week.' });
  return [
    { name: 'POST /chat', method: 'POST', path: '/chat', body, tokens: tokens(chatSessions) },
    {
      name: `GET /chat/history (${HISTORY_TURNS} turns)`,
      method: 'GET',
      path: '/chat/history?limit=50',
      tokens: tokens(historySessions),
    },
    { name: 'GET /health', method: 'GET', path: '/health', tokens: Array(SESSIONS).fill(undefined) },
  ];
}

/** Sends an order to the load process; one at a time. */
async function runLoad(worker, { origin, route, tokens, seconds, warmUpSeconds }) {
  const { method, path, body } = route;
  const answer = nextMessage(worker, (seconds + warmUpSeconds) * 1_000 + LOAD_GRACE_MS);
  worker.send({ origin, route: { method, path, body }, tokens, seconds, warmUpSeconds });
  const { result, failure } = await answer;
  if (failure !== undefined) {
    throw new Error(failure);
  }
  return result;
}

/** Samples a process's memory while `work` runs; keeps the sample with the most resident pages. */
async function watchMemory(rival, work) {
  const sample = async () => {
    const now = await memoryOf(rival.child.pid);
    if ((now.rss ?? -1) > (rival.highest?.rss ?? -2)) {
      rival.highest = now;
    }
  };
  const timer = setInterval(() => void sample(), SAMPLE_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await sample();
  }
}

async function measure(rivals, routes, load, { seconds, rounds }) {
  const results = Object.fromEntries(routes.map(({ name }) => [name, { service: [], bare: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const route of routes) {
      const order = Object.entries(rivals);
      for (const [name, rival] of round % 2 === 0 ? order : order.reverse()) {
        const job = { origin: rival.origin, route, tokens: route.tokens, seconds, warmUpSeconds: WARM_UP_SECONDS };
        const result = await watchMemory(rival, () => load(job));
        results[route.name][name].push(result);
        console.error(`round ${round + 1}  ${route.name}  ${name}: ${result.perSecond.toFixed(0)} requests/s`);
      }
    }
  }
  return results;
}
