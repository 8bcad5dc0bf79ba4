import { once } from 'node:events';
import { connect } from 'node:net';
import { startTestService, type TestService } from '../support/test-service.js';

const SITE = 'https://www.example.com';

describe('Security headers', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService({ settings: { TRUST_PROXY: '1' } });
  });

  afterAll(() => service.stop());

  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${service.url}${path}`, init);

  it.each([
    ['an answer', '/health', {}],
    ['a problem', '/chat/history', {}],
    ['an unknown address', '/nothing', {}],
    ['a wrong method', '/livez', { method: 'PUT' }],
    [
      'a body that is no JSON',
      '/auth/email',
      { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } },
    ],
  ])('should be on %s', async (_name, path, init) => {
    const { headers } = await call(path, init);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('strict-transport-security')).toBeNull();
    for (const leak of ['server', 'x-powered-by', 'access-control-allow-origin']) {
      expect(headers.get(leak)).toBeNull();
    }
  });

  it('should ask browsers to stay with TLS where the proxy says that there is TLS', async () => {
    const { headers } = await call('/health', { headers: { 'x-forwarded-proto': 'https' } });
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  });

  it('should let the page at /docs load what it brings, and nothing from elsewhere', async () => {
    const page = await call('/docs');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/);
    for (const [, source] of html.matchAll(/<script[^>]*\bsrc="([^"]+)"/g)) {
      expect(source).toMatch(/^\.?\//);
    }
  });
});

describe('Cross-origin calls', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService({ settings: { CORS_ORIGINS: `${SITE},https://app.example.com` } });
  });

  afterAll(() => service.stop());

  const preflight = (origin: string): Promise<Response> =>
    fetch(`${service.url}/chat`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });

  it('should be allowed for a configured origin, without credentials', async () => {
    const { status, headers } = await preflight(SITE);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(SITE);
    expect(headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')).toMatch(/origin/i);
  });

  it.each([
    'https://evil.example',
    'http://www.example.com',
    'https://www.example.com.evil.example',
    'https://www.example.com:8443',
    'null',
  ])('should not be allowed for %s', async (origin) => {
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('should let the page read the request id, the limits and the problem', async () => {
    const { status, headers } = await fetch(`${service.url}/chat/history`, { headers: { origin: SITE } });
    expect(status).toBe(401);
    expect(headers.get('access-control-allow-origin')).toBe(SITE);
    expect(headers.get('access-control-expose-headers')).toMatch(/X-Request-Id.*RateLimit/);
  });

  it('should leave 404 and 405 what they are', async () => {
    expect((await service.api.call('GET', '/nothing')).status).toBe(404);
    const wrongMethod = await service.api.call('PUT', '/livez');
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('A slow client', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService({ settings: { REQUEST_TIMEOUT_SECONDS: '1' } });
  });

  afterAll(() => service.stop());

  it.each([
    ['never ends its headers', 'POST /auth/email HTTP/1.1\r\nHost: x\r\n'],
    [
      'never ends its body',
      'POST /auth/email HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"email":',
    ],
  ])('that %s should be told and cut off, while others are served', async (_name, start) => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => (answer += String(chunk)));
    socket.write(start);
    const closed = once(socket, 'close');
    expect((await service.api.call('GET', '/livez')).status).toBe(200);
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
  });
});
