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

const PER_SECOND = 50;
const SESSIONS = 25;
const DOWN_SECONDS = byForm({ short: 5, long: 10 });
const BEFORE_SECONDS = byForm({ short: 3, long: 10 });
const AFTER_SECONDS = byForm({ short: 8, long: 15 });
const HISTORY_SHARE = 0.3;

describe('3. PostgreSQL is killed and comes back', () => {
  let deployment: Deployment;
  let client: ChatClient;
  let perSecond: number;

  beforeAll(async () => {
    deployment = await Deployment.start({ replicas: 2 });
    perSecond = bearableRate(PER_SECOND, await deployment.warmUp());
    client = new ChatClient(deployment.balancer.url, 256);
  });

  afterAll(async () => {
    await client.close();
    await deployment.stop();
  });

  it('should refuse honestly, restart nothing, lose nothing and be back within seconds', async () => {
    const random = new Random('database-killed');
    const { postgres, replicas, balancer } = deployment;
    const tokens = await client.signIn(SESSIONS);
    const watches = replicas.map((replica) => new ProbeWatch(replica));
    const load = openLoad(perSecond, BEFORE_SECONDS + DOWN_SECONDS + AFTER_SECONDS, (index) => {
      const token = random.pick(tokens);
      return random.next() < HISTORY_SHARE
        ? client.readHistory(token, `read-${index}`)
        : client.send({ token, message: `message ${index}`, key: `key-${index}` });
    });

    await delay(BEFORE_SECONDS * 1_000);
    const killedAt = performance.now();
    await postgres.kill();
    await delay(DOWN_SECONDS * 1_000);
    await postgres.restart();
    const backAt = performance.now();
    await load;
    await Promise.all(watches.map((watch) => watch.end()));

    const refused = client.calls.filter(({ result }) => result !== 'ok');
    const startedIn = (from: number, until: number): CallRecord[] =>
      client.calls.filter(({ startedAt }) => startedAt >= from && startedAt < until);
    const report = new ScenarioReport('3. PostgreSQL killed with -9 and back')
      .did(
        `${perSecond} requests a second to 2 replicas; PostgreSQL killed after ${BEFORE_SECONDS} s, back ${DOWN_SECONDS} s later`,
      )
      .calls(startedIn(0, killedAt), 'before')
      .calls(startedIn(killedAt, backAt), 'during')
      .calls(startedIn(backAt, Infinity), 'after')
      .machine(startedIn(0, killedAt))
      .turns(await finalRead(balancer.url, tokens, client.acknowledged));
    watches.forEach((watch, index) => {
      report
        .atMost(`replica ${index + 1}: looks that found it not alive`, watch.failedLiveness, 0, '')
        .atMost(`replica ${index + 1}: readiness 503 after`, watch.secondsUntil(503, killedAt), 3, ' s')
        .atMost(
          `replica ${index + 1}: readiness 200 after the return`,
          watch.secondsUntil(200, backAt),
          5,
          ' s',
        );
    });
    report
      .atMost(
        'calls answered otherwise than 200 or a 503 problem',
        refused.filter((call) => call.problem !== 'service_unavailable').length,
        0,
        '',
      )
      .atMost(
        'refusals without Retry-After',
        refused.filter((call) => call.retryAfter === undefined).length,
        0,
        '',
      )
      .atMost('the longest refusal', Math.max(0, ...refused.map((call) => call.durationMs)) / 1_000, 2, ' s')
      .atMost(
        'failures later than 5 s after the return',
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
