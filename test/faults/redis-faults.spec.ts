import { setTimeout as delay } from 'node:timers/promises';
import { EventReader, expectWholeStream } from '../support/event-reader.js';
import { echo } from '../support/model-server/model-script.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { ChatClient } from './support/chat-client.js';
import { Deployment } from './support/deployment.js';
import { byForm } from './support/fault-options.js';
import { closedLoad } from './support/load.js';
import { ScenarioReport } from './support/scenario-report.js';

const REPLICAS = 2;
const LIMIT_PER_SECOND = 10;
const CALLERS = 6;
const STREAMS = 6;
const PHASE_SECONDS = byForm({ short: 3, long: 12 });

interface Phase {
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

describeWithRedis('6. Redis is killed, frozen and back', () => {
  let redis: RedisServer;
  let deployment: Deployment;
  let client: ChatClient;

  beforeAll(async () => {
    redis = await RedisServer.start();
    deployment = await Deployment.start({
      replicas: REPLICAS,
      settings: {
        REDIS_URL: redis.url,
        RATE_LIMITING_ENABLED: 'true',
        AUTH_RATE_LIMIT: `${LIMIT_PER_SECOND}/second`,
        CHAT_RATE_LIMIT: '100000/minute',
        BOT_DETECTION_ENABLED: 'false',
        TRUST_PROXY: '1',
      },
    });
    deployment.model.respondWith(echo({ deltaDelayMs: 50 }));
    client = new ChatClient(deployment.balancer.url, 64);
  });

  afterAll(async () => {
    redis.thaw();
    await client.close();
    await deployment.stop();
    await redis.kill();
  });

  /** Waits until every replica says so of its limits. */
  async function untilLimitsAre(state: 'shared' | 'degraded'): Promise<void> {
    for (const { url } of deployment.replicas) {
      const api = new ChatClient(url, 1);
      while ((await api.call('GET', '/health', { key: 'health' })).body['rate_limiting'] !== state) {
        await delay(20);
      }
      await api.close();
    }
  }

  it('should go on limiting and streaming, without an error', async () => {
    const { balancer, replicas } = deployment;
    const [token = ''] = await client.signIn(1);
    let isOver = false;
    const accepted: number[] = [];
    const answers = new Map<string, number>();
    const callers = closedLoad(
      CALLERS,
      () => isOver,
      async () => {
        const { record } = await client.call('POST', '/auth/email', {
          key: 'sign-in',
          body: { email: 'visitor@example.com' },
          headers: { 'x-forwarded-for': '10.1.2.3' },
        });
        const kind = `${record.status ?? record.error} ${record.problem ?? ''}`.trim();
        answers.set(kind, (answers.get(kind) ?? 0) + 1);
        if (record.result === 'ok') accepted.push(performance.now());
        await delay(20);
      },
    );
    let streams = 0;
    const streaming = closedLoad(
      STREAMS,
      () => isOver,
      async (writer, round) => {
        const message = `stream ${writer} ${round}${' word'.repeat(20)}`;
        const reader = await EventReader.open(balancer.url, token, { message, key: `${writer}-${round}` });
        const events = await reader.toEnd();
        expectWholeStream(events);
        expect(events.at(-1)?.data).toMatchObject({ type: 'done', outcome: 'answered' });
        streams += 1;
      },
    );

    const phases: Phase[] = [];
    const during = async (name: string): Promise<void> => {
      const startedAt = performance.now();
      await delay(PHASE_SECONDS * 1_000);
      phases.push({ name, startedAt, endedAt: performance.now() });
    };
    const story = (async () => {
      await untilLimitsAre('shared');
      await during('shared');
      await redis.kill();
      await untilLimitsAre('degraded');
      await during('killed');
      await redis.restart();
      await untilLimitsAre('shared');
      await during('back');
      redis.freeze();
      await untilLimitsAre('degraded');
      await during('frozen');
      redis.thaw();
      await untilLimitsAre('shared');
      await during('thawed');
    })().finally(() => {
      isOver = true;
    });
    await Promise.all([story, callers, streaming]);

    const report = new ScenarioReport('6. Redis killed, frozen and back').did(
      `${CALLERS} callers of one address over a limit of ${LIMIT_PER_SECOND} a second, ${STREAMS} streams at a time, ${REPLICAS} replicas; ${PHASE_SECONDS} s of each state`,
    );
    report.note(`sign-ins: ${[...answers].map(([kind, count]) => `${count} ${kind}`).join(', ')}`);
    for (const { name, startedAt, endedAt } of phases) {
      const count = accepted.filter((at) => at >= startedAt && at <= endedAt).length;
      const isShared = name !== 'killed' && name !== 'frozen';
      // Windows open with the first request, so one more may have begun before the phase and one end after it.
      const windows = Math.ceil((endedAt - startedAt) / 1_000) + 1;
      report.atMost(
        `accepted while ${name}`,
        count,
        windows * LIMIT_PER_SECOND * (isShared ? 1 : REPLICAS),
        '',
      );
      expect(count).toBeGreaterThan(0);
    }
    report
      .note(`${streams} streams read from their start to their end`)
      .atMost(
        'sign-ins answered otherwise than 200 or 429',
        [...answers].filter(([kind]) => kind !== '200' && kind !== '429 rate_limited').length,
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
    expect(streams).toBeGreaterThan(STREAMS);
  });
});
