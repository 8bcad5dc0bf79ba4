import { setTimeout as delay } from 'node:timers/promises';
import type { CallRecord } from './support/call-record.js';
import { ChatClient } from './support/chat-client.js';
import { Deployment } from './support/deployment.js';
import { byForm } from './support/fault-options.js';
import { finalRead } from './support/final-read.js';
import { bearableRate, openLoad } from './support/load.js';
import { ProbeWatch } from './support/probe-watch.js';
import { Random } from './support/random.js';
import { ScenarioReport } from './support/scenario-report.js';

const PER_SECOND = 100;
const SESSIONS = 50;
const BEFORE_SECONDS = byForm({ short: 4, long: 10 });
const FROZEN_SECONDS = byForm({ short: 14, long: 30 });
const AFTER_SECONDS = byForm({ short: 8, long: 15 });
const HISTORY_SHARE = 0.3;
/**
 * What docs/database.md promises with the default settings: 5 s to get a connection, 10 s for the statement and one
 * more for the client's own patience; another second for a reply that cannot be stored.
 */
const DOCUMENTED_SECONDS = 17;

describe('4. PostgreSQL freezes and thaws', () => {
  let deployment: Deployment;
  let client: ChatClient;
  let perSecond: number;

  beforeAll(async () => {
    deployment = await Deployment.start({ replicas: 2 });
    perSecond = bearableRate(PER_SECOND, await deployment.warmUp());
    client = new ChatClient(deployment.balancer.url, 4_000);
  });

  afterAll(async () => {
    await client.close();
    await deployment.stop();
  });

  it('should answer within its time-outs, stay small, and be back within seconds', async () => {
    const random = new Random('database-frozen');
    const { postgres, replicas, balancer } = deployment;
    const tokens = await client.signIn(SESSIONS);
    const watches = replicas.map((replica) => new ProbeWatch(replica));
    const load = openLoad(perSecond, BEFORE_SECONDS + FROZEN_SECONDS + AFTER_SECONDS, (index) => {
      const token = random.pick(tokens);
      return random.next() < HISTORY_SHARE
        ? client.readHistory(token, `read-${index}`)
        : client.send({ token, message: `message ${index}`, key: `key-${index}` });
    });

    await delay(BEFORE_SECONDS * 1_000);
    const before = replicas.map(({ residentMb }) => residentMb ?? Number.NaN);
    const largest = [...before];
    const measuring = setInterval(() => {
      replicas.forEach(({ residentMb = 0 }, index) => {
        largest[index] = Math.max(largest[index] ?? 0, residentMb);
      });
    }, 500);
    const frozenAt = performance.now();
    postgres.freeze();
    await delay(FROZEN_SECONDS * 1_000);
    postgres.thaw();
    const backAt = performance.now();
    await load;
    clearInterval(measuring);
    await Promise.all(watches.map((watch) => watch.end()));

    const refused = client.calls.filter(({ result }) => result !== 'ok');
    const startedIn = (from: number, until: number): CallRecord[] =>
      client.calls.filter(({ startedAt }) => startedAt >= from && startedAt < until);
    const report = new ScenarioReport('4. PostgreSQL frozen with SIGSTOP and thawed')
      .did(
        `${perSecond} requests a second to 2 replicas; PostgreSQL frozen after ${BEFORE_SECONDS} s, for ${FROZEN_SECONDS} s`,
      )
      .calls(startedIn(0, frozenAt), 'before')
      .calls(startedIn(frozenAt, backAt), 'during')
      .calls(startedIn(backAt, Infinity), 'after')
      .machine(startedIn(0, frozenAt))
      .turns(await finalRead(balancer.url, tokens, client.acknowledged));
    watches.forEach((watch, index) => {
      const name = `replica ${index + 1}`;
      report
        .note(`${name}: ${before[index]?.toFixed(0)} MB before, ${largest[index]?.toFixed(0)} MB at most`)
        .atMost(`${name}: memory growth`, (largest[index] ?? 0) - (before[index] ?? 0), 100, ' MB')
        .atMost(`${name}: looks that found it not alive`, watch.failedLiveness, 0, '')
        .atMost(`${name}: readiness 503 after`, watch.secondsUntil(503, frozenAt), 3, ' s')
        .atMost(`${name}: readiness 200 after the thaw`, watch.secondsUntil(200, backAt), 5, ' s');
    });
    report
      .atMost(
        'the longest answer',
        Math.max(...client.calls.map(({ durationMs }) => durationMs)) / 1_000,
        DOCUMENTED_SECONDS,
        ' s',
      )
      .atMost(
        'calls answered otherwise than 200 or a 503 problem with Retry-After',
        refused.filter((call) => call.problem !== 'service_unavailable' || call.retryAfter === undefined)
          .length,
        0,
        '',
      )
      .atMost(
        'failures later than 5 s after the thaw',
        refused.filter((call) => call.startedAt > backAt + 5_000).length,
        0,
        '',
      )
      .atMost(
        'processes that ended by themselves',
        replicas.reduce((sum, { crashes }) => sum + crashes, 0),
        0,
        '',
      )
      .conclude();
    expect(refused.length).toBeGreaterThan(0);
  });
});
