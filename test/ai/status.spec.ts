import { answer, hang, status, type ModelScript } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { CapturedLog, aiService, hear, serviceAt } from './ai-under-test.js';

let server: ModelServer;

beforeAll(async () => {
  server = await ModelServer.start();
  CapturedLog.install();
});

afterAll(() => server.close());

/** The first of two models answers like this, the second as ever. */
function firstAnswers(script: ModelScript): void {
  server.respondWith(({ model }) => (model === 'a' ? script : answer('From b')));
}

describe('status', () => {
  it('is good until a model was called', () => {
    expect(serviceAt(server.url, ['openai:a', 'openai:b']).status()).toBe('available');
  });

  it('does not change for a few failures, and does for many', async () => {
    const service = serviceAt(server.url, ['openai:a', 'openai:b']);
    firstAnswers(status(500));
    for (let failures = 0; failures < 5; failures += 1) {
      expect(service.status()).toBe('available');
      await hear(service);
    }
    expect(service.status()).toBe('degraded');
  });

  it('is unavailable where every model is left out', async () => {
    const service = serviceAt(server.url, ['openai:a', 'openai:b']);
    server.respondWith(status(401));
    await hear(service);

    expect(service.status()).toBe('unavailable');
  });

  it('shows a model that has asked for a pause', async () => {
    const service = serviceAt(server.url, ['openai:a', 'openai:b']);
    firstAnswers(status(429, 60));
    await hear(service);

    expect(service.status()).toBe('degraded');
  });

  it('is degraded with the built-in answer alone: a model is missing, and nothing is broken', async () => {
    const service = aiService({});
    expect(service.status()).toBe('degraded');

    await hear(service);
    expect(service.status()).toBe('degraded');
  });

  it('counts a model that dies in the middle as failed', async () => {
    const service = serviceAt(server.url, ['openai:a']);
    server.respondWith(answer('one two', { fault: { kind: 'malformed', afterDeltas: 1 } }));
    for (let failures = 0; failures < 5; failures += 1) {
      expect(service.status()).toBe('available');
      expect((await hear(service)).reply.outcome).toBe('interrupted');
    }

    expect(service.status()).toBe('unavailable');
  });

  it('is not moved by what a model refuses, nor by what a reader cancels', async () => {
    const service = serviceAt(server.url, ['openai:a']);
    for (let times = 0; times < 6; times += 1) {
      server.respondWith(answer('', { finishReason: 'content_filter' }));
      await hear(service);
      server.respondWith(hang());
      const cancel = new AbortController();
      const arrived = server.nextRequest();
      const heard = hear(service, { signal: cancel.signal });
      await arrived;
      cancel.abort();
      await heard;
    }

    expect(service.status()).toBe('available');
  });
});
