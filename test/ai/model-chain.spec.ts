import {
  answer,
  echo,
  hang,
  status,
  type ChatCompletionRequest,
  type ModelScript,
} from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { CapturedLog, FALLBACK, hear, serviceAt } from './ai-under-test.js';

let server: ModelServer;
let log: CapturedLog;

beforeAll(async () => {
  server = await ModelServer.start();
});

beforeEach(() => {
  log = CapturedLog.install();
  server.respondWith(echo());
  server.requests.length = 0;
});

afterAll(() => server.close());

/** A script per model name. */
function models(
  scripts: Readonly<Record<string, ModelScript>>,
): (request: ChatCompletionRequest) => ModelScript {
  return ({ model }) => scripts[model]!;
}

/** What the server counts as prompt tokens. */
function wordsOf({ messages }: ChatCompletionRequest): number {
  return messages.flatMap(({ content }) => content.match(/\S+/g) ?? []).length;
}

function modelsCalled(): string[] {
  return server.requests.map(({ body }) => body.model);
}

describe('a model that answers', () => {
  it.each(['compatible', 'openai'])('streams its words (%s)', async (provider) => {
    const { deltas, reply } = await hear(serviceAt(server.url, [`${provider}:m`]), {
      message: 'one two three',
    });

    expect(deltas).toEqual(['echo: ', 'one ', 'two ', 'three']);
    expect(reply).toMatchObject({ outcome: 'answered', model: `${provider}:m`, attempts: 1 });
    expect(reply.usage).toEqual({ promptTokens: wordsOf(server.requests[0]!.body), completionTokens: 4 });
    expect(Number.isInteger(reply.durationMs)).toBe(true);
    expect(log.entries).toEqual([]);
  });

  it('has answered also where its tokens ran out', async () => {
    server.respondWith(answer('cut short', { finishReason: 'length' }));

    const { reply } = await hear(serviceAt(server.url, ['openai:m']));

    expect(reply).toMatchObject({ outcome: 'answered', text: 'cut short' });
  });

  it.each(['compatible', 'openai'])('has answered also where it declines in words (%s)', async (provider) => {
    server.respondWith(answer('I will not help with that.', { isRefusal: true }));

    const { reply } = await hear(serviceAt(server.url, [`${provider}:m`]));

    expect(reply).toMatchObject({ outcome: 'answered', text: 'I will not help with that.' });
  });

  it('serves many readers at once without mixing their replies', async () => {
    const service = serviceAt(server.url, ['compatible:m']);
    const messages = Array.from({ length: 20 }, (_, number) => `message number ${number}`);

    const heard = await Promise.all(messages.map((message) => hear(service, { message })));

    expect(heard.map(({ reply }) => reply.text)).toEqual(messages.map((message) => `echo: ${message}`));
  });
});

describe('a chain of models', () => {
  it('asks the first and no other while it answers', async () => {
    await hear(serviceAt(server.url, ['openai:a', 'compatible:b']));

    expect(modelsCalled()).toEqual(['a']);
  });

  it('asks the next where one fails before its first word, in the configured order', async () => {
    server.respondWith(
      models({ a: status(500), b: answer('', { finishReason: 'content_filter' }), c: answer('From c') }),
    );

    const { reply } = await hear(serviceAt(server.url, ['openai:a', 'compatible:b', 'openai:c', 'openai:d']));

    expect(modelsCalled()).toEqual(['a', 'b', 'c']);
    expect(reply).toMatchObject({ outcome: 'answered', text: 'From c', model: 'openai:c', attempts: 3 });
    expect(log.reasons).toEqual(['unavailable', 'refused']);
  });

  it('apologises when none could answer', async () => {
    server.respondWith(status(500));

    const { deltas, reply } = await hear(serviceAt(server.url, ['openai:a', 'compatible:b']));

    expect(deltas).toEqual([FALLBACK]);
    expect(reply).toMatchObject({ outcome: 'fallback', model: null, attempts: 3 });
    expect(modelsCalled()).toEqual(['a', 'b', 'a']);
    expect(log.reasons).toEqual(['unavailable', 'unavailable', 'unavailable']);
  });

  it('never lets the built-in answer stand in for a model that failed', async () => {
    server.respondWith(status(500));

    const { reply } = await hear(serviceAt(server.url, ['compatible:a']));

    expect(reply.text).toBe(FALLBACK);
  });

  it('leaves time for the next model where one hangs', async () => {
    server.respondWith(models({ a: hang(), b: answer('From b') }));

    const { reply } = await hear(serviceAt(server.url, ['openai:a', 'openai:b'], { timeoutMs: 1_000 }));

    expect(reply).toMatchObject({ outcome: 'answered', text: 'From b', attempts: 2 });
    expect(reply.durationMs).toBeGreaterThanOrEqual(490);
    expect(log.reasons).toEqual(['timed_out']);
  });

  it('ends in time also where every model hangs', async () => {
    server.respondWith(hang());

    const { reply } = await hear(serviceAt(server.url, ['openai:a', 'compatible:b'], { timeoutMs: 300 }));

    expect(reply).toMatchObject({ outcome: 'fallback', attempts: 2 });
    expect(reply.durationMs).toBeGreaterThanOrEqual(290);
    expect(reply.durationMs).toBeLessThan(600);
  });

  it('gives a model that speaks the rest of the time, past its share', async () => {
    server.respondWith(models({ a: answer('one two three four five', { deltaDelayMs: 150 }) }));

    const { reply } = await hear(serviceAt(server.url, ['openai:a', 'openai:b'], { timeoutMs: 2_000 }));

    expect(reply).toMatchObject({ outcome: 'answered', text: 'one two three four five', attempts: 1 });
    expect(reply.durationMs).toBeLessThan(2_000);
  });
});

it('holds no timer once a reply has ended', async () => {
  const timeoutMs = 600_000;
  const set = jest.spyOn(globalThis, 'setTimeout');
  const cleared = jest.spyOn(globalThis, 'clearTimeout');
  try {
    await hear(serviceAt(server.url, ['openai:a'], { timeoutMs }));

    const timers = set.mock.results.filter((_, call) => set.mock.calls[call]![1]! > timeoutMs / 2);
    expect(timers).toHaveLength(2);
    expect(cleared.mock.calls.map(([timer]) => timer)).toEqual(
      expect.arrayContaining(timers.map(({ value }) => value as unknown)),
    );
  } finally {
    set.mockRestore();
    cleared.mockRestore();
  }
});
