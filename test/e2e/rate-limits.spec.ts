import type { ApiResponse } from '../support/api-client.js';
import { startTestService, type TestService } from '../support/test-service.js';

const LIMITS = {
  RATE_LIMITING_ENABLED: 'true',
  AUTH_RATE_LIMIT: '3/hour',
  CHAT_RATE_LIMIT: '4/hour',
};

const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

const signInFrom = (service: TestService, address: string): Promise<ApiResponse> =>
  service.api.call('POST', '/auth/email', { body: { email: 'visitor@example.com' }, headers: from(address) });

const sendFrom = (service: TestService, token: string, address: string): Promise<ApiResponse> =>
  service.api.call('POST', '/chat', { token, body: { message: 'Hello' }, headers: from(address) });

const statuses = (answers: readonly ApiResponse[]): number[] => answers.map(({ status }) => status);

describe('Rate limits behind one trusted proxy', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService({ settings: { ...LIMITS, TRUST_PROXY: '1' } });
  });

  afterAll(() => service.stop());

  it('should say on every answer where the caller stands, and refuse beyond the limit', async () => {
    const answers: ApiResponse[] = [];
    for (let call = 0; call < 4; call += 1) {
      answers.push(await signInFrom(service, '192.0.2.1'));
    }
    expect(statuses(answers)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-policy'))).toEqual(
      Array.from({ length: 4 }, () => '"address";q=3;w=3600'),
    );
    expect(answers.map(({ headers }) => headers.get('ratelimit')?.replace(/t=\d+$/, ''))).toEqual(
      [2, 1, 0, 0].map((remaining) => `"address";r=${remaining};`),
    );
    const refused = answers[3]!;
    expect(refused.body).toMatchObject({ code: 'rate_limited', status: 429 });
    const seconds = Number(refused.headers.get('retry-after'));
    expect(refused.headers.get('ratelimit')).toBe(`"address";r=0;t=${seconds}`);
    expect(seconds).toBeGreaterThan(3_500);
    expect(seconds).toBeLessThanOrEqual(3_600);
  });

  it('should accept exactly the limit of requests sent at once', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => signInFrom(service, '192.0.2.2')));
    expect(statuses(answers).filter((status) => status === 200)).toHaveLength(3);
    expect(statuses(answers).filter((status) => status === 429)).toHaveLength(57);
  });

  it('should count an IPv6 subscriber by its /64, however it is written', async () => {
    const within = [
      '2001:db8:0:1::1',
      '2001:0db8:0000:0001:ffff::2',
      '2001:db8:0:1:a:b:c:d',
      '2001:DB8:0:1::9',
    ];
    const answers: ApiResponse[] = [];
    for (const address of within) {
      answers.push(await signInFrom(service, address));
    }
    expect(statuses(answers)).toEqual([200, 200, 200, 429]);
    expect((await signInFrom(service, '2001:db8:0:2::1')).status).toBe(200);
  });

  it('should count an IPv4 address the same over IPv6', async () => {
    const answers: ApiResponse[] = [];
    for (const address of ['192.0.2.3', '::ffff:192.0.2.3', '192.0.2.3', '::ffff:192.0.2.3']) {
      answers.push(await signInFrom(service, address));
    }
    expect(statuses(answers)).toEqual([200, 200, 200, 429]);
  });

  it('should believe only the last address, which the proxy itself wrote', async () => {
    const answers: ApiResponse[] = [];
    for (let call = 0; call < 4; call += 1) {
      answers.push(await signInFrom(service, `203.0.113.${call}, 192.0.2.4`));
    }
    expect(statuses(answers)).toEqual([200, 200, 200, 429]);
  });

  it('should count chat messages by session, whichever address they come from', async () => {
    const { token } = await service.api.signIn('visitor@example.com', from('192.0.2.10'));
    const answers: ApiResponse[] = [];
    for (let call = 0; call < 5; call += 1) {
      answers.push(await sendFrom(service, token, `192.0.2.${20 + call}`));
    }
    expect(statuses(answers)).toEqual([200, 200, 200, 200, 429]);
    expect(answers[4]?.body['detail']).toContain('This session');
  });

  it('should count chat messages by address, whichever session they belong to', async () => {
    const sessions = await Promise.all(
      Array.from({ length: 3 }, (_, index) =>
        service.api.signIn(`visitor-${index}@example.com`, from(`192.0.2.${30 + index}`)),
      ),
    );
    const answers: ApiResponse[] = [];
    for (let call = 0; call < 6; call += 1) {
      answers.push(await sendFrom(service, sessions[call % 3]!.token, '192.0.2.40'));
    }
    expect(statuses(answers)).toEqual([200, 200, 200, 200, 429, 429]);
    expect(answers[5]?.body['detail']).toContain('This address');
  });

  it('should not let a session over its limit use up what its neighbours may send', async () => {
    const greedy = await service.api.signIn('greedy@example.com', from('192.0.2.50'));
    for (let call = 0; call < 4; call += 1) {
      await sendFrom(service, greedy.token, '192.0.2.51');
    }
    for (let call = 0; call < 10; call += 1) {
      expect((await sendFrom(service, greedy.token, '192.0.2.52')).status).toBe(429);
    }
    const neighbour = await service.api.signIn('neighbour@example.com', from('192.0.2.53'));
    expect((await sendFrom(service, neighbour.token, '192.0.2.52')).status).toBe(200);
  });

  it('should send the headers, and count nothing, where a request is refused before it is counted', async () => {
    for (let call = 0; call < 10; call += 1) {
      const { status, headers } = await service.api.call('POST', '/chat', {
        body: { message: 'Hello' },
        headers: from('192.0.2.60'),
      });
      expect(status).toBe(401);
      expect(headers.get('ratelimit-policy')).toBe('"address";q=4;w=3600');
      expect(headers.get('ratelimit')).toBe('"address";r=4;t=3600');
    }
    const malformed = await service.api.call('POST', '/auth/email', {
      body: '{',
      headers: from('192.0.2.60'),
    });
    expect(malformed.status).toBe(400);
    expect(malformed.headers.get('ratelimit')).toBe('"address";r=3;t=3600');
  });

  it.each(['/livez', '/readyz', '/startupz', '/health', '/openapi.json', '/docs'])(
    'should never limit %s',
    async (path) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => fetch(`${service.url}${path}`, { headers: from('192.0.2.1') })),
      );
      for (const answer of answers) {
        await answer.text();
        expect(answer.status).toBe(200);
        expect(answer.headers.has('ratelimit')).toBe(false);
      }
    },
  );

  it('should tell in /health that the limits are this process’s own', async () => {
    const { body } = await service.api.call('GET', '/health');
    expect(body['rate_limiting']).toBe('local');
  });
});

describe('Rate limits without a trusted proxy', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService({ settings: { ...LIMITS, AUTH_RATE_LIMIT: '2/second' } });
  });

  afterAll(() => service.stop());

  it('should not be moved by a forged X-Forwarded-For, and open again when the window is over', async () => {
    const first = await Promise.all(
      Array.from({ length: 30 }, (_, index) => signInFrom(service, `198.51.100.${index}`)),
    );
    // Thirty requests may take longer than one window on a busy machine; each window accepts two.
    const accepted = first.filter(({ status }) => status === 200);
    expect(accepted.length % 2).toBe(0);
    expect(accepted.length).toBeLessThan(30);
    let status: number;
    do {
      ({ status } = await signInFrom(service, '198.51.100.99'));
    } while (status === 429);
    expect(status).toBe(200);
  });
});

describe('A service with rate limiting turned off', () => {
  it('should neither refuse nor count', async () => {
    const service = await startTestService({
      settings: { ...LIMITS, RATE_LIMITING_ENABLED: 'false' },
    });
    try {
      const answers = await Promise.all(Array.from({ length: 10 }, () => signInFrom(service, '192.0.2.1')));
      expect(statuses(answers)).toEqual(Array.from({ length: 10 }, () => 200));
      expect(answers[0]?.headers.has('ratelimit')).toBe(false);
      const { body } = await service.api.call('GET', '/health');
      expect(body['rate_limiting']).toBe('off');
    } finally {
      await service.stop();
    }
  });
});
