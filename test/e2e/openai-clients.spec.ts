import OpenAI, { APIError } from 'openai';
import { answer } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

const STORY = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');

describe('OpenAI’s own client', () => {
  let model: ModelServer;
  let service: TestService;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: { AI_MODELS: 'compatible:test', COMPATIBLE_BASE_URL: model.url },
    });
  });

  beforeEach(() => model.respondWith(answer(STORY, { deltaDelayMs: 3 })));

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  const clientFor = (token: string): OpenAI =>
    new OpenAI({ apiKey: token, baseURL: `${service.url}/v1`, maxRetries: 0 });

  it('should complete a turn, with what it cost', async () => {
    const { token } = await service.api.signIn();
    const completion = await clientFor(token).chat.completions.create({
      model: 'gpt-whatever',
      temperature: 0.1,
      messages: [
        { role: 'system', content: 'You are a pirate.' },
        { role: 'user', content: 'Hello' },
      ],
    });
    expect(completion.choices[0]?.message).toEqual({ role: 'assistant', content: STORY, refusal: null });
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.model).toBe('compatible:test');
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
    // What the client calls system is no instruction of the operator's.
    expect(JSON.stringify(model.requests.at(-1)?.body)).not.toContain('pirate');
    const { body } = await service.api.history(token);
    expect(body.messages).toEqual([
      expect.objectContaining({ id: completion.id, message: 'Hello', response: STORY }),
    ]);
  });

  it('should stream a turn in chunks that join to what is stored, with usage where it is asked for', async () => {
    const { token } = await service.api.signIn();
    const stream = await clientFor(token).chat.completions.create({
      model: 'parley',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    });
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    const finishReasons: unknown[] = [];
    for await (const chunk of stream) {
      expect(chunk.object).toBe('chat.completion.chunk');
      text += chunk.choices[0]?.delta.content ?? '';
      finishReasons.push(...chunk.choices.map((choice) => choice.finish_reason).filter(Boolean));
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(STORY);
    expect(finishReasons).toEqual(['stop']);
    expect(usage?.total_tokens).toBeGreaterThan(0);
    expect((await service.api.history(token)).body.messages[0]?.response).toBe(STORY);
  });

  it('should be told what went wrong in its own terms', async () => {
    const failure = await clientFor('nonsense')
      .chat.completions.create({ model: 'x', messages: [{ role: 'user', content: 'Hello' }] })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(failure).toBeInstanceOf(APIError);
    expect(failure).toMatchObject({ status: 401, code: 'invalid_token', type: 'authentication_error' });
  });

  it('should be shown a blocked message as filtered content', async () => {
    const { token } = await service.api.signIn();
    const completion = await clientFor(token).chat.completions.create({
      model: 'x',
      messages: [{ role: 'user', content: "x' UNION SELECT password FROM users --" }],
    });
    expect(completion.choices[0]?.finish_reason).toBe('content_filter');
    expect(completion.choices[0]?.message.content).toMatch(/safety.*rephrase/);
  });

  it('should have a key of its own make the turn happen once', async () => {
    const { token } = await service.api.signIn();
    const send = () =>
      clientFor(token).chat.completions.create(
        { model: 'x', messages: [{ role: 'user', content: 'Hello' }] },
        { headers: { 'idempotency-key': 'once' } },
      );
    const [first, second] = [await send(), await send()];
    expect(second.id).toBe(first.id);
    expect((await service.api.history(token)).body.total).toBe(1);
  });

  it('should be able to send a long conversation along', async () => {
    const { token } = await service.api.signIn();
    const earlier = Array.from({ length: 100 }, () => ({
      role: 'user' as const,
      content: 'x'.repeat(4_000),
    }));
    const completion = await clientFor(token).chat.completions.create({
      model: 'x',
      messages: [...earlier, { role: 'user', content: 'Hello' }],
    });
    expect(completion.choices[0]?.message.content).toBe(STORY);
  });

  it.each([
    ['no messages', {}, 'messages'],
    ['no user at the end', { messages: [{ role: 'assistant', content: 'Hi' }] }, 'messages'],
    ['no text', { messages: [{ role: 'user', content: [] }] }, 'messages'],
    ['an image', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages'],
    ['an empty text', { messages: [{ role: 'user', content: ' ' }] }, 'messages'],
    ['a text too long', { messages: [{ role: 'user', content: 'x'.repeat(4_001) }] }, 'messages'],
    ['two choices', { n: 2, messages: [{ role: 'user', content: 'Hi' }] }, 'n'],
    ['tools', { tools: [{}], messages: [{ role: 'user', content: 'Hi' }] }, 'tools'],
    ['a stream that is no boolean', { stream: 'yes', messages: [{ role: 'user', content: 'Hi' }] }, 'stream'],
  ])('should be refused %s, and store nothing', async (_name, body, field) => {
    const { token } = await service.api.signIn();
    const { status, body: problem } = await service.api.call('POST', '/v1/chat/completions', { token, body });
    expect(status).toBe(400);
    expect(problem).toMatchObject({
      code: 'validation_failed',
      errors: [{ field }],
      error: { type: 'invalid_request_error', code: 'validation_failed' },
    });
    expect((await service.api.history(token)).body.total).toBe(0);
  });
});
