import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { ApiResponse, SignedIn } from '../support/api-client.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { startTestService, type TestService } from '../support/test-service.js';

const LIMITED = {
  RATE_LIMITING_ENABLED: 'true',
  AUTH_RATE_LIMIT: '10000/minute',
  CHAT_RATE_LIMIT: '10000/minute',
  TRUST_PROXY: '1',
};
const ALL_PARTS = {
  BOT_SIGN_INS_PER_ADDRESS: '4',
  BOT_SIGN_INS_PER_EMAIL: '4',
  BOT_REPEATED_MESSAGES: '4',
  BOT_FAST_MESSAGES: '4',
};
const SPAM = 'Buy cheap watches at our shop';

let visitors = 0;
const newEmail = (): string => `visitor-${(visitors += 1)}@example.com`;
const newAddress = (): string => `2001:db8:0:${(visitors += 1).toString(16)}::1`;

const signIn = (service: TestService, address = newAddress(), email = newEmail()): Promise<ApiResponse> =>
  service.api.call('POST', '/auth/email', { body: { email }, headers: { 'x-forwarded-for': address } });

const session = (service: TestService): Promise<SignedIn> =>
  service.api.signIn(newEmail(), { 'x-forwarded-for': newAddress() });

const say = (
  service: TestService,
  token: string,
  body: unknown = { message: 'Hello' },
  address = newAddress(),
): Promise<ApiResponse> =>
  service.api.call('POST', '/chat', { token, body, headers: { 'x-forwarded-for': address } });

async function inTurn(count: number, call: (index: number) => Promise<ApiResponse>): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) {
    statuses.push((await call(index)).status);
  }
  return statuses;
}

const suspicionsIn = (service: TestService): Record<string, unknown>[] =>
  service.logs.filter((line) => line['msg'] === 'bot suspected');

const actualTime = performance.now.bind(performance);

/** Sets the clock of this process, by which scores and cool-downs are kept, ahead of the actual time. */
function setClockAhead(milliseconds: number): void {
  jest.spyOn(performance, 'now').mockImplementation(() => actualTime() + milliseconds);
}

afterEach(() => jest.restoreAllMocks());

describe('The User-Agent rule', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService();
  });

  afterAll(() => service.stop());

  const signInWith = (userAgent: string): Promise<ApiResponse> =>
    service.api.call('POST', '/auth/email', {
      body: { email: newEmail() },
      headers: { 'user-agent': userAgent },
    });

  it('should refuse to sign in what Node’s own fetch sends, and say how to mend it', async () => {
    const answer = await fetch(`${service.url}/auth/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: newEmail() }),
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.has('retry-after')).toBe(false);
    expect(await answer.json()).toMatchObject({
      code: 'bot_suspected',
      detail: expect.stringContaining('at least 10 characters') as string,
    });
    expect(suspicionsIn(service)).toEqual([]);
  });

  it('should take as many characters as MIN_USER_AGENT_LENGTH says', async () => {
    expect((await signInWith('x'.repeat(9))).status).toBe(403);
    expect((await signInWith('curl/8.5.0')).status).toBe(200);
  });

  it('should refuse to sign in without any', async () => {
    const call = httpRequest(`${service.url}/auth/email`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json' },
    });
    call.end(JSON.stringify({ email: newEmail() }));
    const [answer] = (await once(call, 'response')) as [{ statusCode: number; resume: () => void }];
    answer.resume();
    expect(answer.statusCode).toBe(403);
  });

  it('should never ask a caller that holds a session', async () => {
    const { token } = await session(service);
    const short = { 'user-agent': 'node' };
    const calls: [string, string, unknown?][] = [
      ['POST', '/chat', { message: 'Hello' }],
      ['GET', '/chat/history'],
      ['GET', '/auth/session'],
      ['DELETE', '/auth/session'],
    ];
    for (const [method, path, body] of calls) {
      const { status } = await service.api.call(method, path, { token, body, headers: short });
      expect([path, status]).toEqual([path, method === 'DELETE' ? 204 : 200]);
    }
  });

  it.each(['/livez', '/readyz', '/startupz', '/health', '/health/live', '/openapi.json', '/docs'])(
    'should never ask on %s',
    async (path) => {
      const { status } = await service.api.call('GET', path, { headers: { 'user-agent': '' } });
      expect(status).toBe(200);
    },
  );
});

describe('The behaviour parts of the bot rule', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService({ settings: { ...LIMITED, ...ALL_PARTS } });
  });

  afterAll(() => service.stop());

  it('should refuse sign-ins beyond the threshold of an address, its whole /64', async () => {
    const statuses = await inTurn(6, (index) => signIn(service, `2001:db8:1:1::${index}`));
    expect(statuses).toEqual([200, 200, 200, 200, 403, 403]);
    expect((await signIn(service, '2001:db8:1:2::1')).status).toBe(200);
  });

  it('should refuse sign-ins beyond the threshold of an e-mail address, however it is written', async () => {
    const spellings = ['shared@example.com', 'Shared@Example.com', 'SHARED@EXAMPLE.COM'];
    const statuses = await inTurn(6, (index) => signIn(service, undefined, spellings[index % 3]));
    expect(statuses).toEqual([200, 200, 200, 200, 403, 403]);
    expect((await signIn(service)).status).toBe(200);
  });

  it('should refuse a text that more sessions behind one address send than the threshold', async () => {
    const sessions = await Promise.all(Array.from({ length: 6 }, () => session(service)));
    const address = newAddress();
    const variants = [SPAM, SPAM.toUpperCase(), `  ${SPAM.replaceAll(' ', '\n ')}`];
    const sendSpam = (index: number): Promise<ApiResponse> =>
      say(service, sessions[index]!.token, { message: variants[index % 3] }, address);
    expect(await inTurn(4, sendSpam)).toEqual([200, 200, 200, 200]);
    expect((await sendSpam(0)).status).toBe(200);
    expect([(await sendSpam(4)).status, (await sendSpam(5)).status]).toEqual([403, 403]);
    // Another text, a greeting, or the same text from elsewhere is none of it.
    const { token } = await session(service);
    expect((await say(service, token, { message: `${SPAM}, please` }, address)).status).toBe(200);
    expect((await say(service, token, { message: SPAM })).status).toBe(200);
  });

  it('should never count short texts', async () => {
    const address = newAddress();
    const statuses = await inTurn(8, async () =>
      say(service, (await session(service)).token, { message: 'Good morning' }, address),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('should refuse a session that sends faster than a person', async () => {
    const { token } = await session(service);
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now);
    // The first message follows none.
    const statuses = await Promise.all(Array.from({ length: 8 }, () => say(service, token)));
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 403, 403, 403]);
    expect((await say(service, (await session(service)).token)).status).toBe(200);
  });

  it('should refuse a session that sends on a timer', async () => {
    const { token } = await session(service);
    let clock = 1_000_000;
    jest.spyOn(performance, 'now').mockImplementation(() => clock);
    const statuses = await inTurn(9, () => {
      clock += 6_000;
      return say(service, token);
    });
    expect(statuses).toEqual([...Array.from({ length: 7 }, () => 200), 403, 403]);
  });

  it('should say until when and not why, serve again then, and refuse for longer the next time', async () => {
    const address = newAddress();
    await inTurn(4, () => signIn(service, address));
    const refused = await signIn(service, address);
    expect(refused.status).toBe(403);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.headers.has('ratelimit')).toBe(true);
    expect(refused.body).toMatchObject({ code: 'bot_suspected' });
    expect(JSON.stringify(refused.body)).not.toMatch(/address|e-mail|sign/i);

    setClockAhead(30_000);
    expect((await signIn(service, address)).status).toBe(403);
    // One more for the fraction of a millisecond that is not counted.
    setClockAhead(60_001);
    expect(await inTurn(4, () => signIn(service, address))).toEqual([200, 200, 200, 200]);
    expect((await signIn(service, address)).headers.get('retry-after')).toBe('120');
  });

  it('should log each cool-down once, and whom neither by name nor by text', async () => {
    const address = newAddress();
    const email = newEmail();
    const before = suspicionsIn(service).length;
    await inTurn(10, () => signIn(service, address, email));
    const lines = suspicionsIn(service).slice(before);
    expect(lines).toMatchObject([
      { level: 'warn', part: 'sign-ins-per-address', cool_down_seconds: 60 },
      { level: 'warn', part: 'sign-ins-per-email', cool_down_seconds: 60 },
    ]);
    const logs = JSON.stringify(service.logs);
    for (const secret of [address, email, SPAM]) {
      expect(logs).not.toContain(secret);
    }
  });

  it.each([[''], ['null'], ['[]'], ['"text"'], ['7'], ['{"message":{"a":[1]}}'], ['{"message":null}']])(
    'should leave the body %j to validation',
    async (body) => {
      const { token } = await session(service);
      expect((await say(service, token, body)).status).toBe(400);
      const answer = await service.api.call('POST', '/auth/email', {
        body,
        headers: { 'x-forwarded-for': newAddress() },
      });
      expect(answer.status).toBe(400);
    },
  );

  it('should leave a text that is too long to validation', async () => {
    const { token } = await session(service);
    expect((await say(service, token, { message: 'x'.repeat(40_000) })).status).toBe(400);
  });
});

describe('Parts of the bot rule that are turned off', () => {
  const everything = async (service: TestService): Promise<Set<number>> => {
    const address = newAddress();
    const email = newEmail();
    const signIns = await inTurn(10, () => signIn(service, address, email));
    const sessions = await Promise.all(Array.from({ length: 10 }, () => session(service)));
    const spam = await inTurn(10, (index) =>
      say(service, sessions[index]!.token, { message: SPAM }, address),
    );
    const hasty = await inTurn(10, () => say(service, sessions[0]!.token));
    return new Set([...signIns, ...spam, ...hasty]);
  };

  it.each([
    [
      'each part by itself',
      { ...LIMITED, ...Object.fromEntries(Object.keys(ALL_PARTS).map((name) => [name, '0'])) },
    ],
    ['all with BOT_DETECTION_ENABLED', { ...LIMITED, ...ALL_PARTS, BOT_DETECTION_ENABLED: 'false' }],
    ['behaviour with RATE_LIMITING_ENABLED', { ...LIMITED, ...ALL_PARTS, RATE_LIMITING_ENABLED: 'false' }],
  ])('should refuse nobody: %s', async (_name, settings) => {
    const service = await startTestService({ settings });
    try {
      expect(await everything(service)).toEqual(new Set([200]));
    } finally {
      await service.stop();
    }
  });

  it.each([
    ['MIN_USER_AGENT_LENGTH', { MIN_USER_AGENT_LENGTH: '0' }],
    ['BOT_DETECTION_ENABLED', { BOT_DETECTION_ENABLED: 'false' }],
  ])('should not ask for a User-Agent with %s', async (_name, settings) => {
    const service = await startTestService({ settings });
    try {
      const headers = { 'user-agent': '' };
      const body = { email: newEmail() };
      expect((await service.api.call('POST', '/auth/email', { body, headers })).status).toBe(200);
    } finally {
      await service.stop();
    }
  });

  it('should judge only what the rate limits let through', async () => {
    const service = await startTestService({
      settings: { ...LIMITED, AUTH_RATE_LIMIT: '3/minute', BOT_SIGN_INS_PER_ADDRESS: '4' },
    });
    try {
      const address = newAddress();
      const statuses = await inTurn(12, () => signIn(service, address));
      expect(statuses).toEqual([200, 200, 200, ...Array.from({ length: 9 }, () => 429)]);
      expect(suspicionsIn(service)).toEqual([]);
    } finally {
      await service.stop();
    }
  });
});

describeWithRedis('Two replicas that share suspicions through Redis', () => {
  let redis: RedisServer;
  let database: TestDatabase;

  beforeAll(async () => {
    [redis, database] = await Promise.all([RedisServer.start(), createTestDatabase()]);
  });

  afterAll(async () => {
    await redis.stop();
    await database.drop();
  });

  it('should add up what both saw, and go on by themselves without Redis', async () => {
    const settings = { ...LIMITED, ...ALL_PARTS, REDIS_URL: redis.url };
    const replicas = await Promise.all([
      startTestService({ settings, database }),
      startTestService({ settings, database }),
    ]);
    try {
      const address = newAddress();
      const statuses = await inTurn(6, (index) => signIn(replicas[index % 2]!, address));
      expect(statuses).toEqual([200, 200, 200, 200, 403, 403]);
      const started = replicas.flatMap(suspicionsIn);
      expect(started).toMatchObject([{ part: 'sign-ins-per-address', cool_down_seconds: 60 }]);

      const email = newEmail();
      expect(await inTurn(5, () => signIn(replicas[0], undefined, email))).toEqual([200, 200, 200, 200, 403]);
      await redis.kill();
      expect((await signIn(replicas[0], undefined, email)).status).toBe(403);
      const alone = newAddress();
      expect(await inTurn(5, () => signIn(replicas[1], alone))).toEqual([200, 200, 200, 200, 403]);

      await redis.restart();
      for (const replica of replicas) {
        while ((await replica.api.call('GET', '/health')).body['rate_limiting'] !== 'shared') {
          // Asks again: each call is a round trip.
        }
      }
      const again = newAddress();
      const together = await inTurn(6, (index) => signIn(replicas[index % 2]!, again));
      expect(together).toEqual([200, 200, 200, 200, 403, 403]);
    } finally {
      await Promise.all(replicas.map((replica) => replica.stop()));
    }
  });
});
