import { EventReader } from '../support/event-reader.js';
import { answer, status } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

/** With a context of 1 token, what a turn reserves is mostly its instructions and this. */
const SETTINGS = { AI_MAX_TOKENS: '100', AI_CONTEXT_TOKENS: '1', AI_MODELS: 'compatible:test' };

interface Counters {
  readonly used: number;
  readonly reserved: number;
}

async function countersOf(service: TestService, table: 'sessions' | 'daily_tokens'): Promise<Counters> {
  const [row] = await service.database.query<Counters>(
    table === 'sessions'
      ? 'SELECT sum(tokens_used)::integer AS used, sum(tokens_reserved)::integer AS reserved FROM sessions'
      : 'SELECT sum(used)::integer AS used, sum(reserved)::integer AS reserved FROM daily_tokens',
  );
  return row!;
}

describe('Token limits', () => {
  let model: ModelServer;

  beforeAll(async () => {
    model = await ModelServer.start({ isRecording: false });
  });

  beforeEach(() => model.respondWith(answer('Fine.')));

  afterAll(() => model.close());

  const start = (limits: Record<string, string>): Promise<TestService> =>
    startTestService({ settings: { ...SETTINGS, COMPATIBLE_BASE_URL: model.url, ...limits } });

  it('should count what a model says it took, and give back what was reserved beyond', async () => {
    const service = await start({ AI_SESSION_TOKEN_LIMIT: '100000', AI_DAILY_TOKEN_LIMIT: '100000' });
    try {
      const { token } = await service.api.signIn();
      await service.api.send(token, 'Hello');
      const session = await countersOf(service, 'sessions');
      expect(session.used).toBeGreaterThan(0);
      expect(session.reserved).toBe(0);
      expect(await countersOf(service, 'daily_tokens')).toEqual(session);
    } finally {
      await service.stop();
    }
  });

  it('should refuse a session beyond its limit, and no other', async () => {
    const service = await start({ AI_SESSION_TOKEN_LIMIT: '1000' });
    try {
      const { token } = await service.api.signIn();
      const answers = [];
      for (let turn = 0; turn < 40; turn += 1) {
        answers.push(await service.api.send(token, 'Hello'));
      }
      const refused = answers.filter(({ status: code }) => code === 429);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThan(40);
      expect(refused[0]?.body).toMatchObject({ code: 'token_limit_reached' });
      expect(refused[0]?.headers.has('retry-after')).toBe(false);
      // What was refused is not stored, and does not count as a message.
      const { body } = await service.api.call('GET', '/auth/session', { token });
      expect(body['messages_used']).toBe(40 - refused.length);
      const other = await service.api.signIn();
      expect((await service.api.send(other.token, 'Hello')).status).toBe(200);
    } finally {
      await service.stop();
    }
  });

  it('should never be overdrawn by turns at the same time, whichever way they are sent', async () => {
    const service = await start({ AI_DAILY_TOKEN_LIMIT: '3000' });
    try {
      // What a model takes here is all it may take: each turn costs what it reserves, which nobody may overdraw.
      model.respondWith(answer('word '.repeat(100)));
      const sessions = await Promise.all(Array.from({ length: 10 }, () => service.api.signIn()));
      const codes = await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          const { token } = sessions[index % sessions.length]!;
          if (index % 2 === 0) {
            return (await service.api.send(token, 'Hello')).status;
          }
          return EventReader.open(service.url, token).then(
            async (stream) => {
              await stream.toEnd();
              return 200;
            },
            (error: unknown) => Number(/answered (\d+)/.exec(String(error))?.[1]),
          );
        }),
      );
      expect(new Set(codes)).toEqual(new Set([200, 429]));
      const day = await countersOf(service, 'daily_tokens');
      expect(day.reserved).toBe(0);
      expect(day.used).toBeLessThanOrEqual(3_000);
    } finally {
      await service.stop();
    }
  });

  it('should say when the day is over', async () => {
    const service = await start({ AI_DAILY_TOKEN_LIMIT: '1' });
    try {
      const { token } = await service.api.signIn();
      const { status: code, body, headers } = await service.api.send(token, 'Hello');
      expect([code, (body as unknown as { code: string }).code]).toEqual([429, 'token_limit_reached']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(86_400);
      expect((await service.api.history(token)).body.total).toBe(0);
    } finally {
      await service.stop();
    }
  });

  it('should take nothing for a turn that no model answered, nor for a blocked one', async () => {
    const service = await start({ AI_SESSION_TOKEN_LIMIT: '100000' });
    try {
      model.respondWith(status(500));
      const { token } = await service.api.signIn();
      expect((await service.api.send(token, 'Hello')).body.outcome).toBe('fallback');
      expect((await service.api.send(token, "x' UNION SELECT password FROM users --")).body.outcome).toBe(
        'blocked',
      );
      expect(await countersOf(service, 'sessions')).toEqual({ used: 0, reserved: 0 });
    } finally {
      await service.stop();
    }
  });
});
