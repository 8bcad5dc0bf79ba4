import { JwtService } from '@nestjs/jwt';
import { TEST_ENVIRONMENT } from '../support/test-configuration.js';
import { startTestService, type TestService } from '../support/test-service.js';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';
const FIREFOX_UPDATED = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0';
const FIREFOX_IOS =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/145.0 Mobile/15E148 Safari/604.1';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const CURL = 'curl/8.14.1';

const jwt = new JwtService({});

describe('Browser binding', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService();
  });

  afterAll(() => service.stop());

  const signInWith = async (userAgent: string): Promise<string> =>
    (await service.api.signIn('visitor@example.com', { 'user-agent': userAgent })).token;

  const readWith = (userAgent: string, token: string, on = service) =>
    on.api.call('GET', '/auth/session', { token, headers: { 'user-agent': userAgent } });

  it('should let the browser that signed in use its token, also after an update', async () => {
    const token = await signInWith(FIREFOX);
    for (const userAgent of [FIREFOX, FIREFOX_UPDATED, FIREFOX_IOS]) {
      expect((await readWith(userAgent, token)).status).toBe(200);
    }
  });

  it('should refuse the token in another browser and in a program, on every route', async () => {
    const token = await signInWith(FIREFOX);
    const calls: [string, string, unknown?][] = [
      ['GET', '/auth/session'],
      ['DELETE', '/auth/session'],
      ['POST', '/chat', { message: 'Hello' }],
      ['GET', '/chat/history'],
      ['GET', '/chat/messages/AAAAAAAAAAAAAAAAAAAAAA'],
    ];
    for (const [method, path, body] of calls) {
      for (const userAgent of [CHROME, CURL, '']) {
        const answer = await service.api.call(method, path, {
          token,
          body,
          headers: { 'user-agent': userAgent },
        });
        expect([path, answer.status, answer.body['code']]).toEqual([path, 401, 'session_mismatch']);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="parley", error="invalid_token"');
      }
    }
    expect((await readWith(FIREFOX, token)).status).toBe(200);
  });

  it('should not bind what a program signed in', async () => {
    const token = await signInWith(CURL);
    for (const userAgent of [CURL, FIREFOX, CHROME]) {
      expect((await readWith(userAgent, token)).status).toBe(200);
    }
  });

  it('should tell nothing about the browser in the token, and nothing that is stored', async () => {
    const [first, second] = [await signInWith(FIREFOX), await signInWith(FIREFOX)];
    const claims = [first, second].map((token) => jwt.decode<{ jti: string; bnd: string }>(token));
    expect(claims[0]?.bnd).toMatch(/^[\w-]{22}$/);
    expect(claims[0]?.bnd).not.toBe(claims[1]?.bnd);
    const [row] = await service.database.query<{ session: string }>(
      'SELECT s::text AS session FROM sessions s WHERE id = $1',
      [claims[0]?.jti],
    );
    expect(row?.session).not.toContain(claims[0]?.bnd);
  });

  it('should refuse a binding of another session or of a wrong length', async () => {
    const token = await signInWith(FIREFOX);
    const other = jwt.decode<{ bnd: string }>(await signInWith(FIREFOX)).bnd;
    const { jti, exp } = jwt.decode<{ jti: string; exp: number }>(token);
    const forge = (bnd: unknown) =>
      jwt.sign(
        { jti, exp, bnd },
        { secret: TEST_ENVIRONMENT['JWT_SECRET_KEY'] as string, issuer: 'parley', audience: 'parley-chat' },
      );
    for (const bnd of [other, other.slice(0, 10), '']) {
      expect((await readWith(FIREFOX, forge(bnd))).body['code']).toBe('session_mismatch');
    }
    expect((await readWith(FIREFOX, forge(1))).body['code']).toBe('invalid_token');
    // A token from before there were bindings.
    expect((await readWith(FIREFOX, forge(undefined))).status).toBe(200);
  });

  it('should bind nobody and refuse nobody where it is turned off', async () => {
    const bound = await signInWith(FIREFOX);
    const lenient = await startTestService({
      settings: { SESSION_BROWSER_BINDING: 'false' },
      database: service.database,
    });
    try {
      expect((await readWith(CHROME, bound, lenient)).status).toBe(200);
      const { token } = await lenient.api.signIn('visitor@example.com', { 'user-agent': FIREFOX });
      expect(jwt.decode<object>(token)).not.toHaveProperty('bnd');
    } finally {
      await lenient.stop();
    }
  });
});
