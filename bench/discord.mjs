/**
 * Discord in trouble, and the chat beside it: the latency of POST /chat while Discord is well, away, limiting,
 * failing and slow, in one run; then how long the backlog takes, and whether each thread has everything once and
 * in order. With --sessions also the memory of the service over so many sessions.
 */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { rateLimited, unavailable } from '../test/support/discord-server/discord-faults.ts';
import { DiscordServer } from '../test/support/discord-server/discord-server.ts';
import { createDatabase, openServer } from './bench-database.mjs';
import { stopAllChildren } from './child.mjs';
import { memoryOf } from './process-usage.mjs';
import { startModel, startService } from './rivals.mjs';

const VISITORS = 40;
const LOOK_MS = 200;
const SLOW_MS = 1_500;
const USER_AGENT = 'parley-bench/1.0';

const { values: options } = parseArgs({
  options: {
    /** How long each phase lasts, in seconds. */
    seconds: { type: 'string', default: '60' },
    /** How often all phases are gone through; what else the machine does then meets each of them. */
    rounds: { type: 'string', default: '1' },
    /** Chats in a second. Discord takes 50 messages in a second, and a chat makes two. */
    rate: { type: 'string', default: '8' },
    /** How many sessions are opened while the memory is watched; 0: none. */
    sessions: { type: 'string', default: '0' },
    database: { type: 'string' },
  },
});

async function post(url, body, token) {
  const headers = { 'content-type': 'application/json', 'user-agent': USER_AGENT };
  const response = await request(url, {
    method: 'POST',
    headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const answer = await response.body.json();
  if (response.statusCode !== 200) {
    throw new Error(`${url} answered ${response.statusCode} ${answer.code}`);
  }
  return answer;
}

const signIn = (origin, number) => post(`${origin}/auth/email`, { email: `visitor-${number}@example.com` });

/** Sends at a fixed rate, whatever the answers take, and returns how long each took. */
async function load(origin, visitors, seconds, rate) {
  const times = [];
  const sending = [];
  const start = performance.now();
  for (let number = 0; number < seconds * rate; number += 1) {
    await delay(Math.max(0, start + (number * 1_000) / rate - performance.now()));
    const visitor = visitors[number % visitors.length];
    const begun = performance.now();
    sending.push(
      post(`${origin}/chat`, { message: `Message ${number}, please` }, visitor.access_token).then(
        (answer) => {
          times.push(performance.now() - begun);
          visitor.turns.push(answer);
        },
      ),
    );
  }
  await Promise.all(sending);
  return times;
}

const at = (times, share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];

async function drained(database) {
  const begun = performance.now();
  for (;;) {
    const [{ count }] = await database.query('SELECT count(*)::integer FROM notifications');
    if (count === 0) {
      return (performance.now() - begun) / 1_000;
    }
    await delay(LOOK_MS);
  }
}

function findFaults(discord, visitors) {
  return visitors.flatMap(({ session_id: id, turns }) => {
    const thread = discord.state.threads.find(({ name }) => name === `Session ${id.slice(0, 8)}`);
    const shown = (thread?.messages ?? []).map(({ embeds }) => embeds[0].footer.text);
    const ids = shown
      .filter((text) => text.startsWith('message '))
      .map((text) => text.slice('message '.length));
    const missing = turns.filter(({ message_id: message }) => !ids.includes(message)).length;
    const doubled = shown.length - new Set(shown).size;
    return missing === 0 && doubled === 0 && shown.length === 2 * turns.length
      ? []
      : [`${id.slice(0, 8)}: ${missing} missing, ${doubled} doubled, ${shown.length} of ${2 * turns.length}`];
  });
}

/** Ids of messages begin with the time they were made at, so each thread's must ascend. */
function findDisorder(discord) {
  return discord.state.threads.filter(({ messages }) => {
    const times = messages.map(({ embeds }) => Date.parse(embeds[0].timestamp));
    return times.some((time, index) => index > 0 && time < times[index - 1]);
  }).length;
}

async function measureTrouble({ origin }, discord, database) {
  const seconds = Number(options.seconds);
  const rate = Number(options.rate);
  const visitors = await Promise.all(
    Array.from({ length: VISITORS }, async (_, number) => ({ ...(await signIn(origin, number)), turns: [] })),
  );
  await load(origin, visitors, Math.min(seconds, 10), rate);
  await drained(database);
  const phases = {
    well: () => undefined,
    away: () => (discord.faults = () => ({ kind: 'break' })),
    limiting: () => (discord.faults = () => (Math.random() < 0.3 ? rateLimited(0.5) : undefined)),
    failing: () => (discord.faults = () => (Math.random() < 0.3 ? unavailable(500) : undefined)),
    slow: () => (discord.delayMs = SLOW_MS),
  };
  const times = Object.fromEntries(Object.keys(phases).map((name) => [name, []]));
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const [name, begin] of Object.entries(phases)) {
      begin();
      times[name].push(...(await load(origin, visitors, seconds, rate)));
      const [{ count }] = await database.query('SELECT count(*)::integer FROM notifications');
      discord.faults = () => undefined;
      discord.delayMs = 0;
      const wait = (await drained(database)).toFixed(1);
      console.log(`${name}: ${count} notifications waited, drained ${wait} s after Discord was well again`);
    }
  }
  for (const [name, all] of Object.entries(times)) {
    const sorted = all.sort((one, other) => one - other);
    const [p50, p95] = [0.5, 0.95].map((share) => at(sorted, share).toFixed(1));
    console.log(`${name.padEnd(10)} p50 ${p50} ms, p95 ${p95} ms, ${sorted.length} chats`);
  }
  console.log('threads with faults:', findFaults(discord, visitors), 'out of order:', findDisorder(discord));
}

async function watchMemory({ origin, child }, database) {
  const total = Number(options.sessions);
  const step = total / 10;
  for (let opened = 0; opened < total; opened += step) {
    for (let number = 0; number < step; number += 1) {
      await signIn(origin, `${opened}-${number}`);
    }
    await drained(database);
    const { rss, pss } = await memoryOf(child.pid);
    console.log(`${opened + step} sessions: RSS ${rss?.toFixed(0)} MB, PSS ${pss?.toFixed(0)} MB`);
  }
}

const server = await openServer(options.database);
const discord = await DiscordServer.start();
discord.isRecording = false;
const database = await createDatabase(server, 'discord', [], []);
try {
  const { url: modelUrl } = await startModel();
  const secret = randomBytes(36).toString('base64');
  const setting = { database: database.url, modelUrl, secret, folder: server.folder };
  const settings = { ...discord.settings, BOT_DETECTION_ENABLED: 'false' };
  const service = await startService(setting, [], settings);
  if (Number(options.sessions) > 0) {
    await watchMemory(service, database);
  } else {
    await measureTrouble(service, discord, database);
  }
} finally {
  await stopAllChildren();
  await discord.close();
  await database.drop();
  await server.close();
}
