import fc from 'fast-check';
import { Redis } from 'ioredis';
import { BOT_TIMING } from '../../../src/security/bots/bot-timing.js';
import { InProcessSuspicions } from '../../../src/security/bots/in-process-suspicions.js';
import { observeInRedis } from '../../../src/security/bots/redis-suspicions.js';
import type { Observation } from '../../../src/security/bots/suspicions.js';
import { describeWithRedis, RedisServer } from '../../support/redis-server.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const PARTS = {
  always: 'sign-ins-per-address',
  once: 'repeated-messages',
  cadence: 'fast-messages',
} as const;

const subject = fc.record({
  counts: fc.constantFrom('always' as const, 'once' as const, 'cadence' as const),
  name: fc.constantFrom('a', 'b'),
  once: fc.constantFrom('c', 'd', 'e'),
});

const pause = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 499, 500, 6_000) },
  { weight: 4, arbitrary: fc.nat(2 * MINUTE) },
  { weight: 2, arbitrary: fc.nat(3 * HOUR) },
  { weight: 1, arbitrary: fc.nat(30 * HOUR) },
);

const requests = fc.array(
  fc.record({ pause, subjects: fc.uniqueArray(subject, { minLength: 1, maxLength: 2, selector: nameOf }) }),
  { minLength: 1, maxLength: 60, size: 'max' },
);

function nameOf({ counts, name }: { counts: string; name: string }): string {
  return `${counts}:${name}`;
}

describeWithRedis('Suspicions in Redis', () => {
  let server: RedisServer;
  let clients: Redis[];
  let runs = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
    clients = [new Redis(server.url), new Redis(server.url)];
  });

  afterAll(async () => {
    clients.forEach((client) => client.disconnect());
    await server.stop();
  });

  it('should come to the same verdicts as those in the process', async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(requests, fc.integer({ min: 1, max: 4 }), async (sequence, threshold) => {
        const run = `run:${(runs += 1)}`;
        let now = 1_764_000_000_000;
        const own = new InProcessSuspicions(BOT_TIMING, () => now);
        for (const { pause: elapsed, subjects } of sequence) {
          now += elapsed;
          const observations = subjects.map(({ counts, name, once }): Observation => {
            const key = `${run}:${counts}:${name}`;
            return { part: PARTS[counts], key, onceKey: `${key}:${once}`, threshold, counts };
          });
          const expected = await own.observe(observations);
          refusals += expected.refusedForMs > 0 ? 1 : 0;
          expect(await observeInRedis(clients[0]!, observations, BOT_TIMING, now)).toEqual(expected);
        }
      }),
      { numRuns: 150 },
    );
    expect(refusals).toBeGreaterThan(100);
  });

  it('should let exactly the threshold pass of what two replicas send at once', async () => {
    const observations: Observation[] = [
      { part: 'sign-ins-per-address', key: 'address', threshold: 50, counts: 'always' },
      { part: 'sign-ins-per-email', key: 'e-mail', threshold: 1_000, counts: 'always' },
    ];
    const verdicts = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        observeInRedis(clients[index % 2]!, observations, BOT_TIMING, 1_000),
      ),
    );
    expect(verdicts.filter(({ refusedForMs }) => refusedForMs === 0)).toHaveLength(50);
    expect(verdicts.filter(({ started }) => started.length > 0)).toHaveLength(1);
    // The one that started the cool-down counted, those it refused did not.
    expect(await clients[0]!.hget('e-mail', 'score')).toBe('51');
  });

  it('should keep time by the clock of Redis, and let every key expire', async () => {
    const observations: Observation[] = [
      { part: 'fast-messages', key: 'session', threshold: 1, counts: 'cadence' },
      { part: 'repeated-messages', key: 'text', onceKey: 'text:session', threshold: 1, counts: 'once' },
    ];
    const client = clients[0]!;
    await observeInRedis(client, observations, BOT_TIMING);
    await observeInRedis(client, observations, BOT_TIMING);
    const { started, refusedForMs } = await observeInRedis(client, observations, BOT_TIMING);
    expect(started).toEqual([{ part: 'fast-messages', coolDownMs: MINUTE }]);
    expect(refusedForMs).toBe(MINUTE);

    const [seconds] = await client.time();
    expect(Math.abs(Number(await client.hget('text', 'scored_at')) / 1_000 - Number(seconds))).toBeLessThan(
      60,
    );
    for (const key of ['text', 'text:session']) {
      expect(await client.pttl(key)).toBeGreaterThan(HOUR);
      expect(await client.pttl(key)).toBeLessThanOrEqual(2 * HOUR);
    }
    // A cool-down is remembered for a day after its end.
    expect(await client.pttl('session')).toBeGreaterThan(24 * HOUR);
    expect(await client.pttl('session')).toBeLessThanOrEqual(24 * HOUR + MINUTE);
  });
});
