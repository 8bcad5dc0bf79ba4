import type { ApiResponse } from '../support/api-client.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const ADDRESSES = 200;
const LIMIT = 3;
const LIMIT_PER_SECOND = 5;

describeWithRedis('Two replicas that share their limits through Redis', () => {
  let redis: RedisServer;
  let database: TestDatabase;

  beforeAll(async () => {
    [redis, database] = await Promise.all([RedisServer.start(), createTestDatabase()]);
  });

  afterAll(async () => {
    await redis.stop();
    await database.drop();
  });

  const startReplicas = (authRateLimit: string): Promise<ServiceProcess[]> => {
    const settings = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      RATE_LIMITING_ENABLED: 'true',
      AUTH_RATE_LIMIT: authRateLimit,
      TRUST_PROXY: '1',
      LOG_LEVEL: 'info',
    };
    return Promise.all([ServiceProcess.start(settings), ServiceProcess.start(settings)]);
  };

  const signIn = (replica: ServiceProcess, address: string): Promise<ApiResponse> =>
    replica.api.call('POST', '/auth/email', {
      // One e-mail address signing in from hundreds of addresses is for the bot rule to see.
      body: { email: `visitor-${address}@example.com` },
      headers: { 'x-forwarded-for': address },
    });

  it(`should accept exactly the limit from each of ${ADDRESSES} addresses, and from one`, async () => {
    const replicas = await startReplicas(`${LIMIT}/hour`);
    try {
      const accepted = new Map<string, number>();
      const call = async (address: string, index: number): Promise<void> => {
        const { status } = await signIn(replicas[index % 2]!, address);
        accepted.set(address, (accepted.get(address) ?? 0) + (status === 200 ? 1 : 0));
      };
      for (let round = 0; round < LIMIT * 2; round += 1) {
        for (let group = 0; group < ADDRESSES; group += 50) {
          await Promise.all(
            Array.from({ length: 50 }, (_, index) => call(`10.0.0.${group + index}`, round + index)),
          );
        }
      }
      expect(accepted.size).toBe(ADDRESSES);
      expect([...accepted.values()].every((count) => count === LIMIT)).toBe(true);

      await Promise.all(Array.from({ length: 200 }, (_, index) => call('10.0.1.1', index)));
      expect(accepted.get('10.0.1.1')).toBe(LIMIT);
      const { body } = await replicas[0]!.api.call('GET', '/health');
      expect(body['rate_limiting']).toBe('shared');
    } finally {
      await Promise.all(replicas.map((replica) => replica.stop()));
    }
  }, 120_000);

  it('should accept exactly the limit in each window while callers keep trying', async () => {
    const replicas = await startReplicas(`${LIMIT_PER_SECOND}/second`);
    try {
      // Each window hands out r = limit - 1 … 0 once: a window with too many or too few would show in the counts.
      const handedOut = new Map<number, number>();
      const windows = 5;
      const keepTrying = async (replica: ServiceProcess): Promise<void> => {
        while ((handedOut.get(0) ?? 0) < windows) {
          const { status, headers } = await signIn(replica, '10.0.2.1');
          const remaining = Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
          if (status === 200) {
            handedOut.set(remaining, (handedOut.get(remaining) ?? 0) + 1);
          }
        }
      };
      await Promise.all([...replicas, ...replicas, ...replicas].map(keepTrying));
      // A try on its way when the last window was used up may have opened one more.
      const full = Array.from({ length: LIMIT_PER_SECOND }, (_, remaining) => handedOut.get(remaining) ?? 0);
      expect(full[0]).toBe(windows);
      for (const count of full) {
        expect(count - windows).toBeGreaterThanOrEqual(0);
        expect(count - windows).toBeLessThanOrEqual(1);
      }
    } finally {
      await Promise.all(replicas.map((replica) => replica.stop()));
    }
  }, 60_000);

  it('should go on limiting while Redis is killed, frozen and back, without an error', async () => {
    const replicas = await startReplicas('20/second');
    const answers: number[] = [];
    let isDone = false;
    const keepTrying = async (replica: ServiceProcess): Promise<void> => {
      while (!isDone) {
        answers.push((await signIn(replica, '10.0.3.1')).status);
      }
    };
    const stateOf = async (replica: ServiceProcess): Promise<unknown> =>
      (await replica.api.call('GET', '/health')).body['rate_limiting'];
    const until = async (state: string): Promise<void> => {
      while ((await Promise.all(replicas.map(stateOf))).some((each) => each !== state)) {
        // Asks again: each call is a round trip.
      }
    };
    const callers = [...replicas, ...replicas].map(keepTrying);
    try {
      await until('shared');
      await redis.kill();
      await until('degraded');
      const before = answers.length;
      while (!answers.slice(before).includes(429)) {
        await stateOf(replicas[0]!);
      }
      await redis.restart();
      await until('shared');
      redis.freeze();
      await until('degraded');
      redis.thaw();
      await until('shared');
    } finally {
      isDone = true;
      redis.thaw();
      await Promise.all(callers);
      await Promise.all(replicas.map((replica) => replica.stop()));
    }
    expect(new Set(answers)).toEqual(new Set([200, 429]));
    for (const { stdout } of replicas) {
      expect(stdout.match(/Redis does not answer; each process counts for itself/g)).toHaveLength(2);
      expect(stdout.match(/Redis answers again/g)).toHaveLength(2);
    }
  }, 120_000);

  it('should start without Redis, limit by itself, and share as soon as Redis is there', async () => {
    await redis.stop();
    const replicas = await startReplicas(`${LIMIT}/hour`);
    try {
      const alone = await Promise.all(Array.from({ length: 10 }, () => signIn(replicas[0]!, '10.0.4.1')));
      expect(alone.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
      await redis.restart();
      for (const replica of replicas) {
        await replica.saying(/Redis answers again/);
      }
      const together = await Promise.all(
        Array.from({ length: 10 }, (_, index) => signIn(replicas[index % 2]!, '10.0.4.2')),
      );
      expect(together.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
    } finally {
      await Promise.all(replicas.map((replica) => replica.stop()));
    }
  }, 60_000);
});
