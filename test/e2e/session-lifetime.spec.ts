import { startTestService, type TestService } from '../support/test-service.js';

const LIMIT = 3;

describe('Session lifetime', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService({
      settings: {
        NOTIFICATION_LOG_ENABLED: 'true',
        MAX_SESSIONS_PER_EMAIL: String(LIMIT),
        SESSION_IDLE_TIMEOUT_MINUTES: '30',
      },
    });
    await service.database.query(`CREATE TABLE activity (session_id varchar(32), at timestamptz)`);
    await service.database.query(`
      CREATE FUNCTION note_activity() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO activity VALUES (NEW.id, NEW.last_activity);
        RETURN NULL;
      END $$`);
    await service.database.query(`
      CREATE TRIGGER note_activity AFTER UPDATE ON sessions FOR EACH ROW
      WHEN (NEW.last_activity > OLD.last_activity) EXECUTE FUNCTION note_activity()`);
  });

  afterAll(() => service.stop());

  const lastUsed = (sessionId: string, ago: string) =>
    service.database.query(
      `UPDATE sessions SET last_activity = clock_timestamp() - $2::interval WHERE id = $1`,
      [sessionId, ago],
    );
  const timesNoted = async (sessionId: string): Promise<number> =>
    (await service.database.query('SELECT FROM activity WHERE session_id = $1', [sessionId])).length;

  describe('that is idle', () => {
    const CALLS: [method: string, path: string, body: unknown][] = [
      ['GET', '/auth/session', undefined],
      ['POST', '/chat', { message: 'Hello' }],
      ['GET', '/chat/history', undefined],
      ['GET', '/chat/messages/AAAAAAAAAAAAAAAAAAAAAA', undefined],
      ['DELETE', '/auth/session', undefined],
    ];

    it.each(CALLS)('should be over for %s %s after the idle time', async (method, path, body) => {
      const { token, sessionId } = await service.api.signIn('idle@example.com');
      await lastUsed(sessionId, '30 minutes 1 second');
      const answer = await service.api.call(method, path, { token, body });
      expect([answer.status, answer.body['code']]).toEqual([401, 'session_ended']);
      expect(await timesNoted(sessionId)).toBe(0);
    });

    it.each(CALLS)('should still be there for %s %s just before', async (method, path, body) => {
      const { token, sessionId } = await service.api.signIn('idle@example.com');
      await lastUsed(sessionId, '29 minutes 30 seconds');
      expect((await service.api.call(method, path, { token, body })).status).not.toBe(401);
    });

    it('should begin its idle time anew with each use', async () => {
      const { token, sessionId } = await service.api.signIn('idle@example.com');
      await lastUsed(sessionId, '29 minutes');
      const { body } = await service.api.call<{ last_activity: string }>('GET', '/auth/session', { token });
      const [row] = await service.database.query<{ last_activity: Date; is_now: boolean }>(
        `SELECT last_activity, last_activity > clock_timestamp() - interval '1 minute' AS is_now
           FROM sessions WHERE id = $1`,
        [sessionId],
      );
      expect(row?.is_now).toBe(true);
      expect(body.last_activity).toBe(row?.last_activity.toISOString());
    });

    it('should stay without an idle time where none was set at sign-in', async () => {
      const lasting = await startTestService({ database: service.database });
      const { token, sessionId } = await lasting.api.signIn('lasting@example.com');
      await lasting.stop();
      await lastUsed(sessionId, '23 hours');
      expect((await service.api.call('GET', '/auth/session', { token })).status).toBe(200);
    });
  });

  describe('and the time of the last activity', () => {
    it('should be noted by reads, at most once a minute', async () => {
      const { token, sessionId } = await service.api.signIn('reader@example.com');
      const { body } = await service.api.send(token, 'Hello');
      const paths = ['/auth/session', '/chat/history', `/chat/messages/${body.message_id}`];
      for (const path of paths) {
        await service.database.query('DELETE FROM activity');
        await lastUsed(sessionId, '55 seconds');
        await service.api.call('GET', path, { token });
        expect([path, await timesNoted(sessionId)]).toEqual([path, 0]);
        await lastUsed(sessionId, '61 seconds');
        expect((await service.api.call('GET', path, { token })).status).toBe(200);
        expect([path, await timesNoted(sessionId)]).toEqual([path, 1]);
        await Promise.all(paths.map((each) => service.api.call('GET', each, { token })));
        expect([path, await timesNoted(sessionId)]).toEqual([path, 1]);
      }
    });

    it('should be noted once by reads at the same time', async () => {
      const { token, sessionId } = await service.api.signIn('reader@example.com');
      await lastUsed(sessionId, '5 minutes');
      const answers = await Promise.all(Array.from({ length: 30 }, () => service.api.history(token)));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(await timesNoted(sessionId)).toBe(1);
    });

    it('should be noted by a message and by its reply', async () => {
      const { token, sessionId } = await service.api.signIn('writer@example.com');
      await service.api.send(token, 'Hello');
      expect(await timesNoted(sessionId)).toBe(2);
    });
  });

  describe('with a limit for each address', () => {
    const liveOf = async (ids: readonly string[]): Promise<string[]> => {
      const rows = await service.database.query<{ id: string }>(
        'SELECT id FROM sessions WHERE id = ANY($1) AND is_active',
        [ids],
      );
      return rows.map(({ id }) => id);
    };
    const endedFacts = async (ids: readonly string[]): Promise<number> =>
      (
        await service.database.query(
          `SELECT FROM pgboss.job WHERE data->>'fact' = 'SessionEnded' AND data->>'sessionId' = ANY($1)`,
          [ids],
        )
      ).length;

    it('should end the oldest when one more signs in, and say so', async () => {
      const sessions = [];
      for (let count = 0; count < LIMIT + 2; count += 1) {
        sessions.push(await service.api.signIn(count % 2 === 0 ? 'many@example.com' : ' MANY@Example.com '));
      }
      const ids = sessions.map(({ sessionId }) => sessionId);
      expect(new Set(await liveOf(ids))).toEqual(new Set(ids.slice(2)));
      expect(await endedFacts(ids)).toBe(2);
      const answers = await Promise.all(
        sessions.map(({ token }) => service.api.call('GET', '/auth/session', { token })),
      );
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 200, 200, 200]);
      expect(answers[0]?.body['code']).toBe('session_ended');
    });

    it('should not count sessions that are over, nor touch those of others', async () => {
      const other = await service.api.signIn('other@example.com');
      const first = await service.api.signIn('some@example.com');
      const idle = await service.api.signIn('some@example.com');
      await lastUsed(idle.sessionId, '31 minutes');
      for (let count = 1; count < LIMIT; count += 1) {
        await service.api.signIn('some@example.com');
      }
      expect(await liveOf([other.sessionId, first.sessionId])).toHaveLength(2);
    });

    it('should hold exactly when many sign in at the same time', async () => {
      const count = 25;
      const sessions = await Promise.all(
        Array.from({ length: count }, () => service.api.signIn('crowd@example.com')),
      );
      const ids = sessions.map(({ sessionId }) => sessionId);
      expect(await liveOf(ids)).toHaveLength(LIMIT);
      expect(await endedFacts(ids)).toBe(count - LIMIT);
    });
  });
});
