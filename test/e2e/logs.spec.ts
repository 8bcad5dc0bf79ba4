import { status } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

const EMAIL = 'very.private.person@example.com';
const MESSAGE = 'my secret is the colour turquoise';

describe('Logs', () => {
  let model: ModelServer;
  let service: TestService;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: { AI_MODELS: 'compatible:test', COMPATIBLE_BASE_URL: model.url, LOG_LEVEL: 'trace' },
    });
  });

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  const requestLine = (requestId: string) =>
    service.logs.find((line) => line['msg'] === 'request' && line['request_id'] === requestId);

  it('should hold one line per request: its id, session, route, status and duration', async () => {
    const { token, sessionId } = await service.api.signIn();
    await service.api.call('GET', '/chat/history?limit=5', {
      token,
      headers: { 'x-request-id': 'my-request.1' },
    });
    expect(requestLine('my-request.1')).toMatchObject({
      session_id: sessionId,
      method: 'GET',
      route: '/chat/history',
      status: 200,
      duration_ms: expect.any(Number) as number,
    });
  });

  it('should echo an acceptable X-Request-Id and replace any other', async () => {
    const ask = async (id: string): Promise<string | null> =>
      (await service.api.call('GET', '/livez', { headers: { 'x-request-id': id } })).headers.get(
        'x-request-id',
      );
    expect(await ask('a.B_c-1')).toBe('a.B_c-1');
    for (const bad of ['with space', 'x'.repeat(129), 'new"line', '']) {
      expect(await ask(bad)).toMatch(/^[\w-]{22}$/);
    }
  });

  it('should name the request and the session in what is logged while it is served', async () => {
    model.respondWith(status(500));
    const { token, sessionId } = await service.api.signIn();
    const { headers, body } = await service.api.send(token, MESSAGE);
    expect(body).toMatchObject({ success: true, outcome: 'fallback' });
    const failure = service.logs.find((line) => line['msg'] === 'model call failed');
    expect(failure).toMatchObject({
      request_id: headers.get('x-request-id'),
      session_id: sessionId,
      status: 500,
    });
  });

  it('should never hold an address, a token or a message', async () => {
    const { token } = await service.api.signIn(EMAIL);
    await service.api.send(token, MESSAGE, 'key');
    await service.api.send(token, `${MESSAGE} again`, 'key');
    await service.api.call('POST', '/chat', { token, body: `{"message":"${MESSAGE}"` });
    await service.api.call('POST', '/auth/email', { body: { email: `${EMAIL}@` } });
    await service.api.call('GET', `/chat/history?before=${encodeURIComponent(EMAIL)}`, { token });
    await service.api.call('GET', `/nowhere?email=${EMAIL}`);
    const text = JSON.stringify(service.logs);
    for (const secret of [EMAIL, 'turquoise', token, token.split('.')[2] as string]) {
      expect(text).not.toContain(secret);
    }
  });

  it('should answer an unforeseen fault with internal_error that tells nothing, and log its stack', async () => {
    const { token, sessionId } = await service.api.signIn();
    await service.database.query(
      `ALTER TABLE chat_messages ADD CONSTRAINT no_turquoise CHECK (content NOT LIKE '%turquoise%') NOT VALID`,
    );
    const { status: code, body, headers } = await service.api.send(token, MESSAGE);
    expect(code).toBe(500);
    expect(body).toEqual({
      type: 'urn:parley:problem:internal_error',
      title: 'Something went wrong',
      status: 500,
      detail: 'Something went wrong.',
      code: 'internal_error',
      request_id: headers.get('x-request-id'),
    });
    const line = service.logs.find((each) => each['msg'] === 'request failed');
    expect(line).toMatchObject({ level: 'error', session_id: sessionId, error_code: '23514' });
    expect(JSON.stringify(line)).not.toContain('turquoise and');
    expect(JSON.stringify(line)).not.toContain(MESSAGE);
  });
});
