import { JwtService } from '@nestjs/jwt';
import { TEST_ENVIRONMENT } from '../support/test-configuration.js';
import { startTestService, type TestService } from '../support/test-service.js';

const SECRET = TEST_ENVIRONMENT['JWT_SECRET_KEY'] as string;
const jwt = new JwtService({});

describe('Authentication', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService();
  });

  afterAll(() => service.stop());

  const readSession = (authorization?: string) =>
    service.api.call(
      'GET',
      '/auth/session',
      authorization === undefined ? {} : { headers: { authorization } },
    );

  it('should issue a token that carries the session and nothing about the visitor', async () => {
    const { body } = await service.api.call<{
      access_token: string;
      session_id: string;
      expires_in: number;
      expires_at: string;
    }>('POST', '/auth/email', { body: { email: 'Visitor@Example.com' } });
    const claims = jwt.decode<Record<string, unknown>>(body.access_token);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti']);
    expect(claims).toMatchObject({ jti: body.session_id, iss: 'parley', aud: 'parley-chat' });
    expect(body.expires_in).toBe(24 * 3600);
    expect(Date.parse(body.expires_at)).toBe(Number(claims['exp']) * 1000);
    expect(body.session_id).toMatch(/^[\w-]{32}$/);
  });

  it('should store hashes instead of the address and the browser, and the caller’s address', async () => {
    const { sessionId } = await service.api.signIn('Visitor@Example.com', {
      'user-agent': 'Mozilla/5.0 test browser',
    });
    const second = await service.api.signIn(' visitor@example.COM'.trim());
    const rows = await service.database.query<{
      email_hash: string;
      browser_hash: string;
      ip_address: string;
    }>('SELECT * FROM sessions WHERE id IN ($1, $2)', [sessionId, second.sessionId]);
    expect(rows[0]?.email_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(rows[0]?.email_hash).toBe(rows[1]?.email_hash);
    expect(rows[0]?.browser_hash).not.toBe(rows[1]?.browser_hash);
    expect(rows[0]?.ip_address).toBe('127.0.0.1');
    expect(JSON.stringify(rows)).not.toMatch(/visitor@|Mozilla/i);
  });

  it.each([
    ['no header', undefined],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
  ])('should answer missing_token for %s', async (_name, authorization) => {
    const { status, body, headers } = await readSession(authorization);
    expect([status, body['code']]).toEqual([401, 'missing_token']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="parley"');
  });

  it('should answer invalid_token for everything that is not a token of ours', async () => {
    const claims = { jti: 'x'.repeat(32), exp: Math.floor(Date.now() / 1000) + 600 };
    const ours = { issuer: 'parley', audience: 'parley-chat' };
    const tokens = [
      'not-a-jwt',
      'a.b.c',
      jwt.sign(claims, { secret: 'another-secret-another-secret-32', ...ours }),
      jwt.sign(claims, { secret: SECRET, ...ours, issuer: 'someone-else' }),
      jwt.sign(claims, { secret: SECRET, ...ours, audience: 'another-service' }),
      jwt.sign(claims, { secret: SECRET, ...ours, algorithm: 'HS512' }),
      jwt.sign({ ...claims, jti: 'short' }, { secret: SECRET, ...ours }),
      jwt.sign({ jti: claims.jti }, { secret: SECRET, ...ours }),
      `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${Buffer.from(JSON.stringify({ ...claims, iss: 'parley', aud: 'parley-chat' })).toString('base64url')}.`,
    ];
    for (const token of tokens) {
      const { status, body, headers } = await readSession(`Bearer ${token}`);
      expect([token, status, body['code']]).toEqual([token, 401, 'invalid_token']);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="parley", error="invalid_token"');
    }
  });

  it('should answer token_expired for a token whose time is over', async () => {
    const token = jwt.sign(
      { jti: 'x'.repeat(32), exp: Math.floor(Date.now() / 1000) - 1 },
      { secret: SECRET, issuer: 'parley', audience: 'parley-chat' },
    );
    expect((await readSession(`Bearer ${token}`)).body['code']).toBe('token_expired');
  });

  it.each([
    ['ended', `UPDATE sessions SET is_active = false WHERE id = $1`],
    ['expired', `UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = $1`],
    ['erased', `DELETE FROM sessions WHERE id = $1`],
  ])('should answer session_ended on every route once the session is %s', async (_name, statement) => {
    const { token, sessionId } = await service.api.signIn();
    await service.database.query(statement, [sessionId]);
    const calls: [string, string, unknown?][] = [
      ['GET', '/auth/session'],
      ['DELETE', '/auth/session'],
      ['POST', '/chat', { message: 'Hello' }],
      ['GET', '/chat/history'],
      ['GET', '/chat/messages/AAAAAAAAAAAAAAAAAAAAAA'],
    ];
    for (const [method, path, body] of calls) {
      const answer = await service.api.call(method, path, { token, body });
      expect([path, answer.status, answer.body['code']]).toEqual([path, 401, 'session_ended']);
    }
  });

  it('should end a session once when it is signed out twice at the same time', async () => {
    const { token } = await service.api.signIn();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => service.api.call('DELETE', '/auth/session', { token })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401, 401, 401]);
  });

  it('should keep accepting tokens of a secret that was rotated out, and sign with the new one', async () => {
    const settings = {
      JWT_SECRET_KEY: 'N3w-s3cr3t-N3w-s3cr3t-N3w-s3cr3t-32b',
      JWT_PREVIOUS_SECRET_KEYS: SECRET,
    };
    // One after the other: the passport library keeps its strategies per process.
    const statusWith = async (changed: Record<string, string>, token: string): Promise<number> => {
      const other = await startTestService({ settings: changed, database: service.database });
      try {
        return (await other.api.call('GET', '/auth/session', { token })).status;
      } finally {
        await other.stop();
      }
    };
    const own = await startTestService({ database: service.database });
    const { token: old } = await own.api.signIn();
    await own.stop();
    expect(await statusWith(settings, old)).toBe(200);
    expect(await statusWith({ JWT_SECRET_KEY: settings.JWT_SECRET_KEY }, old)).toBe(401);

    const rotated = await startTestService({ settings, database: service.database });
    const { token: renewed } = await rotated.api.signIn();
    await rotated.stop();
    expect(await statusWith({ JWT_SECRET_KEY: settings.JWT_SECRET_KEY }, renewed)).toBe(200);
  });

  it('should believe X-Forwarded-For only from as many proxies as it is told of', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' };
    const addressOf = async (settings: Record<string, string>): Promise<string | undefined> => {
      const behind = await startTestService({ settings, database: service.database });
      try {
        const { sessionId } = await behind.api.signIn('visitor@example.com', headers);
        const [row] = await service.database.query<{ ip_address: string }>(
          'SELECT ip_address FROM sessions WHERE id = $1',
          [sessionId],
        );
        return row?.ip_address;
      } finally {
        await behind.stop();
      }
    };
    expect(await addressOf({})).toBe('127.0.0.1');
    expect(await addressOf({ TRUST_PROXY: '1' })).toBe('198.51.100.7');
    expect(await addressOf({ TRUST_PROXY: '2' })).toBe('203.0.113.9');
    expect(await addressOf({ TRUST_PROXY: '10.0.0.0/8' })).toBe('127.0.0.1');
    expect(await addressOf({ TRUST_PROXY: '127.0.0.0/8' })).toBe('198.51.100.7');
  });
});
