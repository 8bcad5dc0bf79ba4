/**
 * The benchmark: the built service against a bare server with the same SQL and the same model call, on the same
 * PostgreSQL and under the same load.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { createDatabase, openServer } from './bench-database.mjs';
import { killAllChildren, nextMessage, startChild, stopAllChildren } from './child.mjs';
import { measure, runLoad } from './measure.mjs';
import { memoryOf } from './process-usage.mjs';
import { readOptions, USAGE } from './options.mjs';
import { medians, ratios, render } from './report.mjs';
import { startBareServer, startModel, startService } from './rivals.mjs';
import { countRoundTrips } from './round-trips.mjs';
import { describeRoutes } from './routes.mjs';

const SESSIONS = 100;
const SETTLE_MS = 2_000;
const START_TIMEOUT_MS = 10_000;
/** For each route, round and server beyond the load itself, and once for starting, filling, counting and stopping. */
const MARGIN_PER_LOAD_MS = 10_000;
const MARGIN_MS = 180_000;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Only to bound the time of the run. */
const RIVALS = 2;
const ROUTES = 3;
const EXIT_USAGE = 64;

const newSecret = () => randomBytes(36).toString('base64');
const newSessions = () => Array.from({ length: SESSIONS }, () => randomBytes(24).toString('base64url'));

async function holdMemory(rival, moment) {
  await delay(SETTLE_MS);
  rival[moment] = await memoryOf(rival.child.pid);
}

/** A figure made of apologies would be a fine one: every turn must have got its answer from the model. */
async function assertAnswered(database) {
  const [{ count }] = await database.query(
    `SELECT count(*)::integer FROM chat_messages WHERE message_type = 'user' AND outcome <> 'answered'`,
  );
  if (count > 0) {
    throw new Error(`${count} turns were not answered by the model; the figures mean nothing`);
  }
}

async function runBench(options, server, databases, sessions) {
  const secret = newSecret();
  const routes = describeRoutes(secret, ...sessions);
  const model = await startModel();
  const worker = startChild('load.mjs');
  await nextMessage(worker, START_TIMEOUT_MS);
  const load = (order) => runLoad(worker, order);
  const setting = { modelUrl: model.url, secret, folder: server.folder };
  const forService = { ...setting, database: databases.service.url };
  const profiling =
    options.profileFolder === undefined
      ? []
      : ['--cpu-prof', '--cpu-prof-dir', resolve(options.profileFolder)];

  const roundTrips = await countRoundTrips(routes, forService, load);
  const rivals = {
    service: await startService(forService, profiling),
    bare: await startBareServer({ ...setting, database: databases.bare.url }),
  };
  for (const rival of Object.values(rivals)) {
    await holdMemory(rival, 'idle');
  }
  const results = await measure(rivals, routes, load, options);
  for (const rival of Object.values(rivals)) {
    await holdMemory(rival, 'after');
  }
  await stopAllChildren();
  await assertAnswered(databases.service);

  const speeds = Object.entries(results).map(([name, rounds]) => {
    const [service, bare] = [medians(rounds.service), medians(rounds.bare)];
    return [name, { service, bare, ratio: ratios(rounds.service, rounds.bare), rounds }];
  });
  const memory = Object.entries(rivals).map(([name, { idle, highest, after }]) => [
    name,
    { idle, highest, after },
  ]);
  return { routes: Object.fromEntries(speeds), memory: Object.fromEntries(memory), roundTrips };
}

async function main(options) {
  const [loadAverage] = loadavg();
  const sessions = [newSessions(), newSessions()];
  const server = await openServer(options.database);
  const databases = {};
  try {
    databases.service = await createDatabase(server, 'service', ...sessions);
    databases.bare = await createDatabase(server, 'bare', ...sessions);
    const [{ server_version: postgres }] = await databases.service.query('SHOW server_version');
    const figures = await runBench(options, server, databases, sessions);
    const { seconds, rounds } = options;
    const machine = { node: process.versions.node, postgres, cpus: availableParallelism(), loadAverage };
    const report = { setup: { sessions: SESSIONS, seconds, rounds, ...machine }, ...figures };
    console.log(render(report));
    if (options.json !== undefined) {
      await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
    }
  } finally {
    await stopAllChildren();
    for (const database of Object.values(databases)) {
      await database.drop();
    }
    await server.close();
  }
}

/** Ends what was started and the run; the embedded PostgreSQL ends with this process. */
function abort(reason) {
  console.error(`bench: ${reason}`);
  killAllChildren();
  process.exit(1);
}

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(EXIT_USAGE);
  }
}

const options = optionsOrExit();
const loads = (options.rounds + 1) * RIVALS * ROUTES;
const allowedMs = MARGIN_MS + loads * (options.seconds * 1_000 + MARGIN_PER_LOAD_MS);
setTimeout(() => abort('the run took too long'), allowedMs).unref();
for (const signal of STOP_SIGNALS) {
  process.once(signal, () => abort(`stopped by ${signal}`));
}
await main(options);
