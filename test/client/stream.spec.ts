import fc from 'fast-check';
import { ParleyClient } from '../../packages/client/src/parley-client.js';
import type { ClientOptions } from '../../packages/client/src/transport.js';
import type { TurnEvent } from '../../packages/client/src/turn-stream.js';
import { collect } from '../support/collect.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { events, FaultyProxy, loseAnswer, problem } from '../support/faulty-proxy.js';
import { Gate } from '../support/gate.js';
import { answer } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

const STORY = Array.from({ length: 60 }, (_, index) => `word${index}é`).join(' ');

/** A network that cuts even these lets nothing through, ever. */
const MORE_THAN_HEADERS = 1_500;

const textOf = (read: readonly TurnEvent[]): string =>
  read.map((event) => (event.type === 'delta' ? event.text : '')).join('');
const typesOf = (read: readonly TurnEvent[]): string[] => read.map(({ type }) => type);
interface EventData {
  readonly type: string;
  readonly [field: string]: unknown;
}
const sse = (id: string, data: EventData): string =>
  `id: ${id}\nevent: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const accepted = (id = 'm'): string =>
  sse(`${id}:0`, { type: 'accepted', message_id: id, created_at: '2026-11-24T09:30:00.123Z' });
const delta = (sequence: number, text: string): string => sse(`m:${sequence}`, { type: 'delta', text });
const done = (sequence: number, response: string): string =>
  sse(`m:${sequence}`, { type: 'done', reply_id: 'r', outcome: 'answered', response });
const failed = (sequence: number, code: string): string =>
  sse(`m:${sequence}`, { type: 'error', code, detail: 'As told.' });

describe('A stream of the client', () => {
  let model: ModelServer;
  let service: TestService;
  let proxy: FaultyProxy;
  let cutting: CuttingProxy;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: {
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        STREAM_HEARTBEAT_SECONDS: '1',
        AI_MAX_TOKENS: '5000',
      },
    });
    proxy = await FaultyProxy.start(service.url);
    cutting = await CuttingProxy.start(service.url);
  });

  beforeEach(() => {
    model.respondWith(answer(STORY, { deltaDelayMs: 1 }));
    proxy.seen.length = 0;
  });

  afterAll(async () => {
    await Promise.all([proxy.close(), cutting.close()]);
    await service.stop();
    await model.close();
  });

  const signedIn = async (baseUrl: string, options: ClientOptions = {}): Promise<ParleyClient> => {
    const { token } = await service.api.signIn();
    return new ParleyClient({ baseUrl, token, retry: { firstDelayMs: 1 }, ...options });
  };

  it('should tell a reply while it is written', async () => {
    const client = await signedIn(proxy.url);
    const read = await collect(client.stream('Hello'));
    expect(typesOf(read)).toEqual(['accepted', ...read.slice(1, -1).map(() => 'delta'), 'done']);
    expect(read.length).toBeGreaterThan(3);
    expect(textOf(read)).toBe(STORY);
    expect(read.at(-1)).toMatchObject({ outcome: 'answered', response: STORY });
  });

  it('should be whole over a network that cuts at any byte, and one turn', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: MORE_THAN_HEADERS, max: 3_500 }), async (bytes) => {
        const client = await signedIn(cutting.url);
        const calls = model.requests.length;
        cutting.cutAfterBytes = bytes;
        const read = await collect(client.stream('Hello', { idempotencyKey: `cut-${bytes}` }));
        cutting.cutAfterBytes = Number.POSITIVE_INFINITY;
        expect(textOf(read)).toBe(STORY);
        expect(typesOf(read).filter((type) => type !== 'delta')).toEqual(['accepted', 'done']);
        expect(model.requests).toHaveLength(calls + 1);
      }),
      { numRuns: 12, seed: 7 },
    );
    expect(cutting.cuts).toBeGreaterThan(12);
  });

  it('should be sent again with its key when it was lost before it began', async () => {
    const client = await signedIn(proxy.url);
    const calls = model.requests.length;
    proxy.next(loseAnswer, problem(503, 'service_unavailable', 0), problem(429, 'rate_limited', 0));
    const read = await collect(client.stream('Hello'));
    expect(textOf(read)).toBe(STORY);
    expect(proxy.seen.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'POST']);
    expect(new Set(proxy.seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(model.requests).toHaveLength(calls + 1);
  });

  it('should go on where a replica that stops has left it', async () => {
    const client = await signedIn(proxy.url);
    proxy.next(
      events([accepted(), delta(1, 'One '), failed(1, 'service_unavailable')]),
      events([': alive\n\n', delta(1, 'One '), delta(2, 'two'), done(3, 'One two')]),
    );
    const read = await collect(client.stream('Hello'));
    expect(textOf(read)).toBe('One two');
    expect(proxy.seen[1]).toMatchObject({ method: 'GET', path: '/chat/messages/m/stream' });
    expect(proxy.seen[1]!.headers['last-event-id']).toBe('m:1');
  });

  it('should tell to forget what a turn that was answered anew had said', async () => {
    const client = await signedIn(proxy.url);
    proxy.next(
      events([accepted(), delta(1, 'Old'), failed(1, 'turn_restarted')]),
      events([accepted(), delta(1, 'New'), done(2, 'New')]),
    );
    const read = await collect(client.stream('Hello'));
    expect(typesOf(read)).toEqual(['accepted', 'delta', 'reset', 'accepted', 'delta', 'done']);
    expect(proxy.seen[1]!.method).toBe('GET');
    expect(proxy.seen[1]!.headers).not.toHaveProperty('last-event-id');
  });

  it('should be sent again when nobody has taken over a turn whose process died', async () => {
    const client = await signedIn(proxy.url);
    proxy.next(events([accepted(), delta(1, 'Old'), failed(1, 'turn_interrupted')]));
    const read = await collect(client.stream('Hello'));
    expect(typesOf(read).slice(0, 4)).toEqual(['accepted', 'delta', 'reset', 'accepted']);
    expect(proxy.seen.map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(proxy.seen[1]!.headers['idempotency-key']).toBe(proxy.seen[0]!.headers['idempotency-key']);
    expect(textOf(read.slice(3))).toBe(STORY);
  });

  it('should not begin anew for ever', async () => {
    const client = await signedIn(proxy.url);
    proxy.next(...Array.from({ length: 9 }, () => events([accepted(), failed(0, 'turn_restarted')])));
    await expect(collect(client.stream('Hello'))).rejects.toMatchObject({ code: 'turn_restarted' });
    expect(proxy.seen).toHaveLength(4);
    proxy.dropFaults();
  });

  it('should fail with the code of a session that ended', async () => {
    const client = await signedIn(proxy.url);
    proxy.next(events([accepted(), failed(0, 'session_ended')]));
    await expect(collect(client.stream('Hello'))).rejects.toMatchObject({ code: 'session_ended' });
  });

  it('should take a connection without a sign of life for lost', async () => {
    const client = await signedIn(proxy.url, { timeoutMs: 1_500 });
    proxy.next(events([accepted(), delta(1, 'One ')], true), events([delta(2, 'two'), done(3, 'One two')]));
    expect(textOf(await collect(client.stream('Hello')))).toBe('One two');
  });

  it('should give up after so many failures in a row, counted anew after each event', async () => {
    const client = await signedIn(proxy.url, { retry: { firstDelayMs: 1, attempts: 2 } });
    const broken = problem(503, 'service_unavailable');
    proxy.next(events([accepted()]), broken, broken);
    await expect(collect(client.stream('Hello'))).rejects.toMatchObject({
      code: 'service_unavailable',
    });
    proxy.next(
      events([accepted()]),
      events([delta(1, 'a')]),
      events([delta(2, 'b')]),
      events([done(3, 'ab')]),
    );
    expect(textOf(await collect(client.stream('Hello')))).toBe('ab');
  });

  it('should pass over kinds of event that it does not know', async () => {
    const client = await signedIn(proxy.url);
    proxy.next(events([accepted(), sse('m:1', { type: 'thought' }), delta(2, 'a'), done(3, 'a')]));
    expect(typesOf(await collect(client.stream('Hello')))).toEqual(['accepted', 'delta', 'done']);
  });

  it('should let go of the connection when the caller stops reading, and be cancelled when told', async () => {
    const gate = new Gate();
    model.respondWith(answer(STORY, { heldUntil: gate.opened }));
    const client = await signedIn(proxy.url);
    let messageId = '';
    for await (const event of client.stream('Hello')) {
      if (event.type === 'accepted') {
        messageId = event.message_id;
        break;
      }
    }
    await client.cancel(messageId);
    const read = await collect(client.streamAgain(messageId));
    expect(read.at(-1)).toMatchObject({ type: 'done', outcome: 'cancelled' });
    gate.open();
  });

  it('should end at once when told to', async () => {
    const gate = new Gate();
    model.respondWith(answer(STORY, { heldUntil: gate.opened }));
    const client = await signedIn(proxy.url);
    const controller = new AbortController();
    const reading = (async () => {
      for await (const event of client.stream('Hello', { signal: controller.signal })) {
        expect(event.type).toBe('accepted');
        controller.abort(new Error('enough'));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
    gate.open();
  });
});

describe('The events of a session of the service', () => {
  let service: TestService;
  let cutting: CuttingProxy;
  beforeAll(async () => {
    service = await startTestService({ settings: { AI_MODELS: 'offline', STREAM_HEARTBEAT_SECONDS: '1' } });
    cutting = await CuttingProxy.start(service.url);
  });
  afterAll(async () => {
    await cutting.close();
    await service.stop();
  });

  it('should be told once each, in order, over a network that cuts at any byte', async () => {
    const { token } = await service.api.signIn();
    const client = new ParleyClient({ baseUrl: cutting.url, token, retry: { firstDelayMs: 1 } });
    const told: string[] = [];
    const controller = new AbortController();
    const sending = async (): Promise<void> => {
      for (const message of ['1', '2', '3', '4', '5', '6', '7', '8']) {
        await service.api.send(token, message);
      }
    };
    let sent: Promise<void> | undefined;
    cutting.cutAfterBytes = 2_700;
    const listening = (async () => {
      for await (const event of client.events({ signal: controller.signal })) {
        if (event.type === 'ready' && told.length === 0) {
          told.push('ready');
          sent = sending();
        } else if (event.type === 'reply') {
          told.push(event.message);
        }
        if (told.length === 9) {
          controller.abort(new Error('all told'));
        }
      }
    })();
    await expect(listening).rejects.toThrow('all told');
    await sent;
    expect(told).toEqual(['ready', '1', '2', '3', '4', '5', '6', '7', '8']);
    expect(cutting.cuts).toBeGreaterThan(0);
  });
});

describe('The events of a session, as the client tells them', () => {
  let proxy: FaultyProxy;
  beforeAll(async () => {
    proxy = await FaultyProxy.start('http://127.0.0.1:9');
  });
  afterAll(() => proxy.close());

  const news = (place: number | undefined, data: EventData): string =>
    `${place === undefined ? '' : `id: ${place}\n`}event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const READY = { type: 'ready', operator: false };

  it('should go on after the last place over connections that break, for as long as it is wanted', async () => {
    const controller = new AbortController();
    const client = new ParleyClient({
      baseUrl: proxy.url,
      token: 't',
      retry: { firstDelayMs: 1, attempts: 2 },
    });
    proxy.next(
      events([news(3, READY), news(4, { type: 'operator_message', id: 'a' })]),
      ...Array.from({ length: 4 }, () => problem(503, 'service_unavailable')),
      events([
        news(undefined, { type: 'operator_joined' }),
        news(4, { type: 'error', code: 'service_unavailable' }),
      ]),
      events([news(4, READY), news(5, { type: 'operator_message', id: 'b' })], true),
    );
    const types: string[] = [];
    const reading = (async () => {
      for await (const event of client.events({ signal: controller.signal })) {
        types.push(event.type);
        if (types.length === 5) {
          controller.abort(new Error('seen'));
        }
      }
    })();
    await expect(reading).rejects.toThrow('seen');
    expect(types).toEqual(['ready', 'operator_message', 'operator_joined', 'ready', 'operator_message']);
    expect(proxy.seen.map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      ...Array<string>(6).fill('4'),
    ]);
  });

  it('should begin anew with a renewed token, and end without one', async () => {
    const tokens = ['second', undefined];
    const client = new ParleyClient({
      ...{ baseUrl: proxy.url, token: 'first', retry: { firstDelayMs: 1 } },
      renewToken: () => Promise.resolve(tokens.shift()),
    });
    proxy.seen.length = 0;
    proxy.next(
      events([news(7, READY), news(7, { type: 'error', code: 'session_ended' })]),
      events([news(0, READY)]),
      problem(401, 'session_ended'),
    );
    await expect(collect(client.events())).rejects.toMatchObject({ code: 'session_ended' });
    expect(proxy.seen.map(({ headers }) => [headers.authorization, headers['last-event-id']])).toEqual([
      ['Bearer first', undefined],
      ['Bearer second', undefined],
      ['Bearer second', '0'],
    ]);
  });
});
