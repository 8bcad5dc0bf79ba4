import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

describe('A conversation', () => {
  let model: ModelServer;
  let service: TestService;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: { AI_MODELS: 'compatible:echo', COMPATIBLE_BASE_URL: model.url },
    });
  });

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  it('should sign in, chat, read the pairs back, sign out and be refused', async () => {
    const { api } = service;
    const { token } = await api.signIn();
    for (const text of ['first', 'second', 'third']) {
      const { status, body } = await api.send(token, text);
      expect(status).toBe(200);
      expect(body).toMatchObject({ success: true, response: `echo: ${text}`, outcome: 'answered' });
    }
    const { body: history } = await api.history(token);
    expect(history).toMatchObject({ total: 3, has_more: false, next_cursor: null });
    expect(history.messages.map(({ message, response }) => [message, response])).toEqual([
      ['first', 'echo: first'],
      ['second', 'echo: second'],
      ['third', 'echo: third'],
    ]);
    expect((await api.call('DELETE', '/auth/session', { token })).status).toBe(204);
    const refused = await api.send(token, 'too late');
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ code: 'session_ended' });
  });

  it('should give the model the last eight messages, oldest first, and the new one last', async () => {
    const { token } = await service.api.signIn();
    for (let turn = 1; turn <= 6; turn += 1) {
      await service.api.send(token, `turn ${turn}`);
    }
    const sent = model.requests.at(-1)?.body.messages.filter(({ role }) => role !== 'system');
    expect(sent?.map(({ content }) => content)).toEqual([
      ...[2, 3, 4, 5].flatMap((turn) => [`turn ${turn}`, `echo: turn ${turn}`]),
      'turn 6',
    ]);
  });

  it('should keep a reply with its question when messages of one session run at the same time', async () => {
    const { token } = await service.api.signIn();
    const texts = Array.from({ length: 20 }, (_, index) => `parallel ${index}`);
    const answers = await Promise.all(texts.map((text) => service.api.send(token, text)));
    expect(answers.map(({ body }) => body.response)).toEqual(texts.map((text) => `echo: ${text}`));
    const history = await service.api.wholeHistory(token, 3);
    expect(history).toHaveLength(20);
    for (const item of history) {
      expect(item.response).toBe(`echo: ${item.message}`);
    }
  });

  it('should accept exactly the limit of messages, however many are sent at once', async () => {
    const { token } = await service.api.signIn();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => service.api.send(token, `message ${index}`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(
      refused.every(
        ({ status, body }) => status === 429 && 'code' in body && body.code === 'message_limit_reached',
      ),
    ).toBe(true);
    expect(refused[0]?.headers.has('retry-after')).toBe(false);
    const { body: session } = await service.api.call('GET', '/auth/session', { token });
    expect(session).toMatchObject({ messages_used: 50, messages_remaining: 0 });
  });
});
