import { MailServer } from '../support/mail-server.js';
import { startTestService, type TestService } from '../support/test-service.js';
import type { SignedIn } from '../support/api-client.js';

interface Item {
  readonly session_id: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_activity: string;
  readonly messages_used: number;
  readonly current: boolean;
}

describe('Own sessions', () => {
  let mail: MailServer;
  let service: TestService;

  beforeAll(async () => {
    mail = await MailServer.start();
    service = await startTestService({
      settings: {
        NOTIFICATION_LOG_ENABLED: 'true',
        AUTH_EMAIL_VERIFICATION: 'code',
        SMTP_URL: mail.url,
        MAIL_FROM: 'no-reply@example.com',
      },
    });
  });

  afterAll(async () => {
    await service.stop();
    await mail.close();
  });

  const signIn = async (email: string): Promise<SignedIn> => {
    const before = mail.mails.filter(({ to }) => to === email).length;
    await service.api.call('POST', '/auth/email', { body: { email } });
    const { text } = await mail.mailTo(email, before + 1);
    const { body } = await service.api.call<{ access_token: string; session_id: string }>(
      'POST',
      '/auth/email/verify',
      { body: { email, code: text.split('\n')[0] } },
    );
    return { token: body.access_token, sessionId: body.session_id };
  };
  const list = async (token: string): Promise<Item[]> =>
    (await service.api.call<{ sessions: Item[] }>('GET', '/auth/sessions', { token })).body.sessions;
  const end = (token: string, sessionId: string) =>
    service.api.call('DELETE', `/auth/sessions/${sessionId}`, { token });
  /** A session from the time before addresses were verified. */
  const unverify = (sessionId: string) =>
    service.database.query('UPDATE sessions SET email_verified = false WHERE id = $1', [sessionId]);

  it('should list the live sessions of the address, newest first, and nobody else’s', async () => {
    const stranger = await signIn('stranger@example.com');
    const [first, second, third] = [
      await signIn('lister@example.com'),
      await signIn('lister@example.com'),
      await signIn('lister@example.com'),
    ];
    await service.api.send(first.token, 'Hello');
    await service.api.call('DELETE', '/auth/session', { token: second.token });
    const sessions = await list(first.token);
    expect(sessions.map(({ session_id, current }) => [session_id, current])).toEqual([
      [third.sessionId, false],
      [first.sessionId, true],
    ]);
    const { body: own } = await service.api.call('GET', '/auth/session', { token: first.token });
    expect(sessions[1]).toEqual({
      session_id: own['session_id'],
      created_at: own['created_at'],
      expires_at: own['expires_at'],
      last_activity: own['last_activity'],
      messages_used: 1,
      current: true,
    });
    expect(await list(stranger.token)).toHaveLength(1);
  });

  it('should list at most a hundred', async () => {
    const { token, sessionId } = await signIn('hoarder@example.com');
    await service.database.query(
      `INSERT INTO sessions (id, email_hash, browser_hash, ip_address, expires_at)
       SELECT lpad(n::text, 32, '0'), s.email_hash, s.browser_hash, s.ip_address, s.expires_at
         FROM sessions s, generate_series(1, 120) n WHERE s.id = $1`,
      [sessionId],
    );
    expect(await list(token)).toHaveLength(100);
  });

  it('should note its use', async () => {
    const { token, sessionId } = await signIn('user@example.com');
    await service.database.query(
      `UPDATE sessions SET last_activity = clock_timestamp() - interval '5 minutes' WHERE id = $1`,
      [sessionId],
    );
    const [shown] = await list(token);
    const [row] = await service.database.query<{ last_activity: Date; is_now: boolean }>(
      `SELECT last_activity, last_activity > clock_timestamp() - interval '1 minute' AS is_now
         FROM sessions WHERE id = $1`,
      [sessionId],
    );
    expect([row?.is_now, row?.last_activity.toISOString()]).toEqual([true, shown?.last_activity]);
  });

  it('should end one of them at once, once, and say why', async () => {
    const [kept, lost] = [await signIn('owner@example.com'), await signIn('owner@example.com')];
    const answers = await Promise.all(Array.from({ length: 4 }, () => end(kept.token, lost.sessionId)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404]);
    const dead = await service.api.call('GET', '/chat/history', { token: lost.token });
    expect(dead.body['code']).toBe('session_ended');
    expect((await list(kept.token)).map(({ session_id }) => session_id)).toEqual([kept.sessionId]);
    const facts = await service.database.query(
      `SELECT FROM pgboss.job WHERE data->>'fact' = 'SessionEnded' AND data->>'sessionId' = $1`,
      [lost.sessionId],
    );
    expect(facts).toHaveLength(1);
  });

  it('should end one’s current session as well', async () => {
    const { token, sessionId } = await signIn('leaver@example.com');
    expect((await end(token, sessionId)).status).toBe(204);
    for (const answer of [
      await end(token, sessionId),
      await service.api.call('GET', '/auth/sessions', { token }),
    ]) {
      expect([answer.status, answer.body['code']]).toEqual([401, 'session_ended']);
    }
  });

  it('should not find the sessions of others, ended ones or nonsense', async () => {
    const { token } = await signIn('curious@example.com');
    const stranger = await signIn('stranger@example.com');
    const over = await signIn('curious@example.com');
    await service.api.call('DELETE', '/auth/session', { token: over.token });
    for (const id of [
      stranger.sessionId,
      over.sessionId,
      'A'.repeat(32),
      'x',
      `${'A'.repeat(32)}'--`,
      '%00',
    ]) {
      const answer = await end(token, id);
      expect([id, answer.status, answer.body['code']]).toEqual([id, 404, 'not_found']);
    }
    expect((await service.api.call('GET', '/auth/session', { token: stranger.token })).status).toBe(200);
  });

  it('should give a session that only named the address nothing but itself', async () => {
    const owner = await signIn('victim@example.com');
    const impostor = await signIn('victim@example.com');
    await unverify(impostor.sessionId);
    expect((await list(impostor.token)).map(({ session_id }) => session_id)).toEqual([impostor.sessionId]);
    expect((await end(impostor.token, owner.sessionId)).status).toBe(404);
    // The owner of the address sees the other one, and ends it.
    expect(await list(owner.token)).toHaveLength(2);
    expect((await end(owner.token, impostor.sessionId)).status).toBe(204);
  });

  it('should keep at most ten of an address without a setting', async () => {
    const { token, sessionId } = await signIn('regular@example.com');
    await service.database.query(
      `INSERT INTO sessions (id, email_hash, browser_hash, ip_address, created_at, expires_at)
       SELECT lpad(n::text, 32, 'z'), s.email_hash, s.browser_hash, s.ip_address, s.created_at - interval '1 hour', s.expires_at
         FROM sessions s, generate_series(1, 12) n WHERE s.id = $1`,
      [sessionId],
    );
    await signIn('regular@example.com');
    expect(await list(token)).toHaveLength(10);
  });
});
