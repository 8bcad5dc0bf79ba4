import { answer, echo, hang, status } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';

let server: ModelServer;

afterEach(() => server.close());

function ask(content: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}/chat/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }], ...body }),
  });
}

describe('the fake model server', () => {
  it('answers without a stream as OpenAI does', async () => {
    server = await ModelServer.start();

    expect(await (await ask('one two')).json()).toMatchObject({
      object: 'chat.completion',
      model: 'm',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'echo: one two' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    });
  });

  it('refuses in words as OpenAI does', async () => {
    server = await ModelServer.start({ reply: answer('No.', { isRefusal: true }) });

    expect(await (await ask('one')).json()).toMatchObject({
      choices: [{ message: { content: null, refusal: 'No.' } }],
    });
  });

  it('streams in deltas of so many words, with usage only when asked', async () => {
    server = await ModelServer.start({ reply: echo({ wordsPerDelta: 2, delayMs: 1, deltaDelayMs: 1 }) });

    const frames = (await (await ask('one two three', { stream: true })).text()).trim().split('\n\n');

    const deltas = frames.slice(0, -1).map((frame) => {
      const chunk = JSON.parse(frame.slice('data: '.length)) as {
        choices: { delta: { content?: string }; finish_reason: string | null }[];
      };
      return [chunk.choices[0]!.delta.content, chunk.choices[0]!.finish_reason];
    });
    expect(deltas).toEqual([
      ['', null],
      ['echo: one ', null],
      ['two three', null],
      [undefined, 'stop'],
    ]);
    expect(frames.at(-1)).toBe('data: [DONE]');
  });

  it('asks for the key where it has one', async () => {
    server = await ModelServer.start({ apiKey: 'right' });

    expect((await ask('a', {}, { Authorization: 'Bearer right' })).status).toBe(200);
    expect((await ask('a', {}, { Authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await ask('a')).status).toBe(401);
  });

  it('says when to try again', async () => {
    server = await ModelServer.start({ reply: status(429, 7) });

    const response = await ask('a');

    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('knows only its own path', async () => {
    server = await ModelServer.start();

    expect((await fetch(`${server.url}/models`)).status).toBe(404);
  });

  it('records requests and counts calls by their last user message', async () => {
    server = await ModelServer.start();
    const arrived = server.nextRequest();
    await ask('a', {}, { 'X-Test': 'yes' });
    await ask('a');
    await ask('b');

    expect(await arrived).toBe(server.requests[0]);
    expect(server.requests[0]!.headers['x-test']).toBe('yes');
    expect([server.callsFor('a'), server.callsFor('b'), server.callsFor('c')]).toEqual([2, 1, 0]);
    expect(server.requests.map(({ body }) => body.messages.at(-1)?.content)).toEqual(['a', 'a', 'b']);
  });

  it('lets go of what hangs when it closes', async () => {
    server = await ModelServer.start({ reply: hang() });
    const arrived = server.nextRequest();
    const failed = expect(ask('a')).rejects.toThrow('fetch failed');
    await arrived;

    await server.close();

    await failed;
  });
});
