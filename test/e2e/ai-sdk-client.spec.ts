import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';
import { Chat } from '@ai-sdk/react';
import { answer } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

const STORY = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');

/** What a page gives `useChat`, as the documentation shows it. */
function transportFor(url: string, token: string): DefaultChatTransport<UIMessage> {
  const headers = { Authorization: `Bearer ${token}` };
  return new DefaultChatTransport({
    api: `${url}/chat/stream?protocol=ui-messages`,
    headers,
    prepareSendMessagesRequest: ({ messages }) => ({ body: { message: textOf(messages.at(-1)) } }),
    prepareReconnectToStreamRequest: ({ id }) => ({
      api: `${url}/chat/messages/${id}/stream?protocol=ui-messages`,
      headers,
    }),
  });
}

function textOf(message: UIMessage | undefined): string {
  return message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') ?? '';
}

describe('The AI SDK’s useChat', () => {
  let model: ModelServer;
  let service: TestService;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: {
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        AI_TIMEOUT_SECONDS: '2',
      },
    });
  });

  beforeEach(() => model.respondWith(answer(STORY, { deltaDelayMs: 3 })));

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  it('should send messages and show replies, one after the other', async () => {
    const { token } = await service.api.signIn();
    const chat = new Chat({ transport: transportFor(service.url, token) });
    await chat.sendMessage({ text: 'Hello' });
    await chat.sendMessage({ text: 'And again' });
    expect(chat.status).toBe('ready');
    expect(chat.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(chat.messages.filter(({ role }) => role === 'assistant').map(textOf)).toEqual([STORY, STORY]);
    const { body } = await service.api.history(token);
    expect(body.messages.map(({ id }) => id)).toEqual(
      chat.messages.filter(({ role }) => role === 'assistant').map(({ id }) => id),
    );
    expect(chat.messages[1]?.metadata).toMatchObject({ outcome: 'answered' });
  });

  it('should tell an error from before the stream and one from within it', async () => {
    const refused = new Chat({ transport: transportFor(service.url, 'nonsense') });
    await refused.sendMessage({ text: 'Hello' });
    expect(refused.status).toBe('error');
    expect(refused.error?.message).toContain('invalid_token');

    const { token } = await service.api.signIn();
    model.respondWith(answer(STORY, { fault: { kind: 'stall', afterDeltas: 3 } }));
    const cut = new Chat({ transport: transportFor(service.url, token) });
    const asked = model.nextRequest();
    const sending = cut.sendMessage({ text: 'Hello' });
    await asked;
    await service.api.call('DELETE', '/auth/session', { token });
    await sending;
    expect(cut.status).toBe('error');
    expect(cut.error?.message).toContain('session_ended');
  });

  it('should read a turn again after a reload', async () => {
    const { token } = await service.api.signIn();
    const { body } = await service.api.send(token, 'Hello');
    const chunks = await transportFor(service.url, token).reconnectToStream({ chatId: body.message_id });
    let message: UIMessage | undefined;
    for await (const state of readUIMessageStream({ stream: chunks as ReadableStream<UIMessageChunk> })) {
      message = state;
    }
    expect(message?.id).toBe(body.message_id);
    expect(textOf(message)).toBe(STORY);
  });

  it('should be refused a protocol that is none', async () => {
    const { token } = await service.api.signIn();
    const { status, body } = await service.api.call('POST', '/chat/stream?protocol=telepathy', {
      token,
      body: { message: 'Hello' },
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'protocol' }] });
  });
});
