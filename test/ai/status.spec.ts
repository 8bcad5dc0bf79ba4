import { answer, hang, status } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { CapturedLog, aiService, hear, serviceAt } from './ai-under-test.js';

let server: ModelServer;

beforeAll(async () => {
  server = await ModelServer.start();
  CapturedLog.install();
});

afterAll(() => server.close());

/** Only the second of two models answers. */
function onlyB(): void {
  server.respondWith(({ model }) => (model === 'b' ? answer('From b') : status(500)));
}

describe('status', () => {
  it('is good until a model was called', () => {
    expect(serviceAt(server.url, ['openai:a', 'openai:b']).status()).toBe('available');
  });

  it('follows what each model last did', async () => {
    const service = serviceAt(server.url, ['openai:a', 'openai:b']);
    onlyB();
    await hear(service);
    expect(service.status()).toBe('degraded');

    server.respondWith(status(500));
    await hear(service);
    expect(service.status()).toBe('unavailable');

    server.respondWith(answer('well again'));
    await hear(service);
    expect(service.status()).toBe('degraded');

    onlyB();
    await hear(service);
    server.respondWith(answer('well again'));
    await hear(service);
    expect(service.status()).toBe('available');
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
    await hear(service);

    expect(service.status()).toBe('unavailable');
  });

  it('is not moved by what a model refuses, nor by what a reader cancels', async () => {
    const service = serviceAt(server.url, ['openai:a']);
    server.respondWith(answer('', { finishReason: 'content_filter' }));
    await hear(service);
    server.respondWith(hang());
    const cancel = new AbortController();
    const arrived = server.nextRequest();
    const heard = hear(service, { signal: cancel.signal });
    await arrived;
    cancel.abort();
    await heard;

    expect(service.status()).toBe('available');
  });
});
