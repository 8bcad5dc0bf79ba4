import { answer } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

const EXACT = [
  'I <3 you, and `<b>` is a tag',
  'if a < b && c > d then vector<int> x; #include <stdio.h>',
  'Tom & Jerry &amp; &lt;script&gt;',
  '```html\n<script>alert(1)</script>\n```',
  'שלום مرحبا 👩‍👩‍👧 \r\n\tline',
];

describe('Sanitising', () => {
  let model: ModelServer;
  let service: TestService;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      // What sanitising does is seen where screening does not stop the message first.
      settings: {
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        SCREENING_MODE: 'monitor',
        MAX_MESSAGES_PER_SESSION: '1000',
      },
    });
  });

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  const storedOf = async (token: string): Promise<{ message: string; response: string }> =>
    (await service.api.history(token, '?limit=1')).body.messages[0]!;

  it.each(EXACT)('should leave what is not live HTML exactly as it is: %j', async (text) => {
    model.respondWith(answer(text));
    const { token } = await service.api.signIn();
    const { body } = await service.api.send(token, text);
    expect(body.response).toBe(text);
    expect(await storedOf(token)).toMatchObject({ message: text, response: text });
    expect(model.requests.at(-1)?.body.messages.at(-1)?.content).toBe(text);
  });

  it('should take live HTML out of a message before it is stored and before a model sees it', async () => {
    model.respondWith(answer('Fine.'));
    const { token } = await service.api.signIn();
    await service.api.send(token, 'Hi <img src=x onerror=alert(1)>there [click](javascript:alert(1))');
    expect((await storedOf(token)).message).toBe('Hi there [click](#)');
    expect(model.requests.at(-1)?.body.messages.at(-1)?.content).toBe('Hi there [click](#)');
  });

  it('should take live HTML out of a reply before anybody sees it', async () => {
    model.respondWith(answer('Here: <script>alert(1)</script><b onclick="x()">bold</b> ok'));
    const { token } = await service.api.signIn();
    const { body } = await service.api.send(token, 'Hello');
    expect(body.response).toBe('Here: bold ok');
    expect((await storedOf(token)).response).toBe('Here: bold ok');
  });

  it('should refuse a message of nothing but HTML, and store nothing', async () => {
    const { token } = await service.api.signIn();
    const { status, body } = await service.api.call('POST', '/chat', {
      token,
      body: { message: '<!-- hidden --><br/>' },
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'validation_failed',
      errors: [{ field: 'message', message: 'must hold text besides HTML' }],
    });
    expect((await service.api.history(token)).body.total).toBe(0);
  });

  it('should know a key by what was sent, not by what is left of it', async () => {
    model.respondWith(answer('Fine.'));
    const { token } = await service.api.signIn();
    await service.api.send(token, 'Hi <b>you</b>', 'key');
    expect((await service.api.send(token, 'Hi <b>you</b>', 'key')).headers.get('idempotent-replayed')).toBe(
      'true',
    );
    expect((await service.api.send(token, 'Hi you', 'key')).status).toBe(422);
  });
});

describe('A message that is blocked and all HTML', () => {
  it('should be a turn like any other blocked one', async () => {
    const service = await startTestService();
    try {
      const { token } = await service.api.signIn();
      const { status, body } = await service.api.send(token, '<script>alert(document.cookie)</script>');
      expect([status, body.outcome]).toEqual([200, 'blocked']);
      expect((await service.api.history(token)).body.messages).toEqual([
        expect.objectContaining({ message: '', outcome: 'blocked' }),
      ]);
    } finally {
      await service.stop();
    }
  });
});
