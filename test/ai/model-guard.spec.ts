import { Gate } from '../support/gate.js';
import { answer, hang, status, type ModelScript } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import type { AiService } from '../../src/ai/ai.service.js';
import { ModelFailure } from '../../src/ai/model-failure.js';
import { ModelGuard } from '../../src/ai/model-guard.js';
import { OfflineModel } from '../../src/ai/models/offline.model.js';
import { CapturedLog, FALLBACK, hear, serviceAt, type HeardReply } from './ai-under-test.js';

/** Longer than a breaker stays open at first, and than it ever does. */
const FIRST_BREAK_MS = 5_000;
const LONGEST_BREAK_MS = 60_000;

let server: ModelServer;
let log: CapturedLog;
let clockOffsetMs = 0;

beforeAll(async () => {
  server = await ModelServer.start();
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + clockOffsetMs);
});

beforeEach(() => {
  log = CapturedLog.install();
  server.requests.length = 0;
});

afterAll(() => {
  jest.restoreAllMocks();
  return server.close();
});

function modelsCalled(): string[] {
  return server.requests.map(({ body }) => body.model);
}

/** The first model answers like this, every other as ever. */
function firstAnswers(script: ModelScript): void {
  server.respondWith(({ model }) => (model === 'a' ? script : answer(`From ${model}`)));
}

/** A service of two models, the first of which is left out. */
async function withOneLeftOut(): Promise<AiService> {
  const service = serviceAt(server.url, ['openai:a', 'openai:b']);
  firstAnswers(status(500));
  while (service.status() === 'available') {
    await hear(service);
  }
  server.requests.length = 0;
  return service;
}

describe('a model that keeps failing', () => {
  it('is left out after five faults in a row, which is told once', async () => {
    const service = serviceAt(server.url, ['openai:a', 'openai:b']);
    firstAnswers(status(500));
    for (let turn = 0; turn < 7; turn += 1) {
      expect((await hear(service)).reply).toMatchObject({ text: 'From b', attempts: turn < 5 ? 2 : 1 });
    }

    expect(modelsCalled().filter((model) => model === 'a')).toHaveLength(5);
    expect(log.others).toEqual([{ msg: 'model is left out after too many failures', model: 'openai:a' }]);
  });

  it('is not left out as long as it answers now and then', async () => {
    const service = serviceAt(server.url, ['openai:a', 'openai:b']);
    for (let turn = 0; turn < 12; turn += 1) {
      firstAnswers(turn % 4 === 3 ? answer('From a') : status(500));
      await hear(service);
    }

    expect(service.status()).toBe('available');
  });

  it('costs no time where it is the only one: the apology comes at once and no call is made', async () => {
    const service = serviceAt(server.url, ['openai:a']);
    server.respondWith(status(401));
    await hear(service);
    server.requests.length = 0;

    expect((await hear(service)).reply).toMatchObject({ outcome: 'fallback', text: FALLBACK, attempts: 0 });
    expect(modelsCalled()).toEqual([]);
  });

  it.each([401, 403, 404])('is left out at once where only an operator can help: %i', async (code) => {
    const service = serviceAt(server.url, ['openai:a', 'openai:b']);
    firstAnswers(status(code));
    await hear(service);
    await hear(service);

    expect(modelsCalled()).toEqual(['a', 'b', 'b']);
  });

  it('is probed by one call when its time is over, and is back with its first word', async () => {
    const service = await withOneLeftOut();
    clockOffsetMs += FIRST_BREAK_MS;
    const end = new Gate();
    firstAnswers(answer('From a', { fault: { kind: 'end', afterDeltas: 1, once: end.opened } }));

    const probe = service.reply({ message: 'Hello', history: [] })[Symbol.asyncIterator]();
    const firstWord = probe.next();
    expect(service.status()).toBe('degraded');
    expect((await hear(service)).reply.text).toBe('From b');
    expect(await firstWord).toMatchObject({ value: { text: 'From ' } });

    expect(service.status()).toBe('available');
    expect(log.others).toContainEqual({ msg: 'model answers again', model: 'openai:a' });
    end.open();
    expect(await probe.next()).toMatchObject({ value: { reply: { outcome: 'interrupted' } } });
    expect(await probe.next()).toMatchObject({ done: true });
  });

  it('stays out where the probe fails, for longer each time, which is no news', async () => {
    const service = await withOneLeftOut();
    for (let probe = 0; probe < 3; probe += 1) {
      clockOffsetMs += LONGEST_BREAK_MS;
      await hear(service);
    }
    expect(modelsCalled()).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    clockOffsetMs += FIRST_BREAK_MS;
    await hear(service);

    expect(modelsCalled().at(-1)).toBe('b');
    expect(modelsCalled()).toHaveLength(7);
    expect(log.others).toHaveLength(1);
  });

  it('stays out where the probe was given up', async () => {
    const service = await withOneLeftOut();
    clockOffsetMs += FIRST_BREAK_MS;
    firstAnswers(hang());
    const cancel = new AbortController();
    const arrived = server.nextRequest();
    const heard = hear(service, { signal: cancel.signal });
    await arrived;
    cancel.abort();

    expect((await heard).reply.outcome).toBe('cancelled');
    expect(service.status()).toBe('degraded');
    expect((await hear(service)).reply.text).toBe('From b');
  });

  it('is back where the probe is refused, for it has answered', async () => {
    const service = await withOneLeftOut();
    clockOffsetMs += FIRST_BREAK_MS;
    firstAnswers(answer('', { finishReason: 'content_filter' }));
    await hear(service);

    expect(service.status()).toBe('available');
  });

  it('is left out again where it dies after the first word of its probe, as often as any other', async () => {
    const service = await withOneLeftOut();
    clockOffsetMs += FIRST_BREAK_MS;
    firstAnswers(answer('one two', { fault: { kind: 'malformed', afterDeltas: 1 } }));
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await hear(service)).reply.outcome).toBe('interrupted');
    }

    expect(service.status()).toBe('degraded');
    expect((await hear(service)).reply.text).toBe('From b');
  });
});

describe('a model that asks for a pause', () => {
  it.each([429, 503])('is left out until it is over, and then asked again: %i', async (code) => {
    const service = serviceAt(server.url, ['openai:a', 'openai:b']);
    firstAnswers(status(code, 60));
    await hear(service);
    await hear(service);
    expect(modelsCalled()).toEqual(['a', 'b', 'b']);

    firstAnswers(answer('From a'));
    clockOffsetMs += 59_000;
    await hear(service);
    clockOffsetMs += 2_000;
    await hear(service);

    expect(modelsCalled().slice(3)).toEqual(['b', 'a']);
    expect(service.status()).toBe('available');
    expect(log.others).toEqual([]);
  });

  it('is waited for where that is soon and no other can answer', async () => {
    const service = serviceAt(server.url, ['openai:a']);
    let calls = 0;
    server.respondWith(() => ((calls += 1) === 1 ? status(429, 1) : answer('Here I am')));

    const { reply } = await hear(service);

    expect(reply).toMatchObject({ outcome: 'answered', text: 'Here I am', attempts: 2 });
    expect(reply.durationMs).toBeGreaterThanOrEqual(990);
  });

  it('is waited for also by those who come later', async () => {
    const service = serviceAt(server.url, ['openai:a'], { timeoutMs: 3_000 });
    server.respondWith(status(429, 2));
    const first = await hear(service);
    expect(first.reply).toMatchObject({ outcome: 'fallback', attempts: 1 });
    server.respondWith(answer('Here I am'));
    clockOffsetMs += 1_500;

    expect((await hear(service)).reply).toMatchObject({ outcome: 'answered', attempts: 1 });
  });

  it('is not believed when it asks for more than an hour', async () => {
    const service = serviceAt(server.url, ['openai:a']);
    server.respondWith(status(429, 1_000_000));
    await hear(service);
    server.respondWith(answer('Here I am'));
    clockOffsetMs += 3_600_000;

    expect((await hear(service)).reply.text).toBe('Here I am');
  });
});

it('lets those in the queue find out what those before them have found out', async () => {
  const guard = new ModelGuard(new OfflineModel(), 1);
  const { signal } = new AbortController();
  const first = await guard.enter(signal);
  const waiting = guard.enter(signal);

  first!.leave(new ModelFailure('misconfigured', 401));

  expect(await waiting).toBeUndefined();
  expect(await guard.enter(signal)).toBeUndefined();
  expect(guard.state).toBe('open');
});

describe('the number of calls at the same time', () => {
  /** So many replies that are not over, and how to end them. */
  async function hold(service: AiService, count: number) {
    const cancel = new AbortController();
    const replies: Promise<HeardReply>[] = [];
    for (let each = 0; each < count; each += 1) {
      const arrived = server.nextRequest();
      replies.push(hear(service, { signal: cancel.signal }));
      await arrived;
    }
    return async () => {
      cancel.abort();
      await Promise.all(replies);
    };
  }

  it('is bounded for each model: those who find no place ask the next one', async () => {
    const service = serviceAt(server.url, ['openai:a', 'openai:b'], {
      maxConcurrentCalls: 4,
      timeoutMs: 20_000,
    });
    firstAnswers(hang());
    const release = await hold(service, 4);
    const cancel = new AbortController();
    const queued = hear(service, { signal: cancel.signal });

    const { reply } = await hear(service);

    expect(reply).toMatchObject({ outcome: 'answered', text: 'From b', attempts: 1 });
    expect(service.status()).toBe('available');
    expect(log.entries).toEqual([]);
    cancel.abort();
    expect((await queued).reply).toMatchObject({ outcome: 'cancelled', attempts: 0 });
    await release();
  });

  it('lets those who wait in as soon as others have left', async () => {
    const service = serviceAt(server.url, ['openai:a'], { maxConcurrentCalls: 1 });
    server.respondWith(hang());
    const release = await hold(service, 1);
    const waiting = hear(service, { message: 'patient' });
    server.respondWith(answer('At last'));

    await release();

    expect((await waiting).reply).toMatchObject({ outcome: 'answered', text: 'At last', attempts: 1 });
  });

  it('gives a place back whatever became of the call', async () => {
    const service = serviceAt(server.url, ['openai:a'], { maxConcurrentCalls: 1 });
    for (const script of [
      status(400),
      answer('', { finishReason: 'content_filter' }),
      answer('one two', { fault: { kind: 'cut', afterDeltas: 1 } }),
      answer('fine'),
    ]) {
      server.respondWith(script);
      await hear(service);
    }
    for await (const part of service.reply({ message: 'Hello', history: [] })) {
      expect(part.type).toBe('delta');
      break;
    }

    expect((await hear(service)).reply.text).toBe('fine');
  });

  it('tells those who wait in vain in time', async () => {
    const service = serviceAt(server.url, ['openai:a'], { maxConcurrentCalls: 1, timeoutMs: 500 });
    server.respondWith(answer('one two', { fault: { kind: 'stall', afterDeltas: 1 } }));
    const arrived = server.nextRequest();
    const first = hear(service);
    await arrived;

    const { reply } = await hear(service);

    expect(['fallback', 'interrupted']).toContain(reply.outcome);
    expect((await first).reply).toMatchObject({ outcome: 'interrupted', text: 'one ' });
  });
});
