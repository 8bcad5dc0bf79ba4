import { EventReader, expectWholeStream, type ReceivedEvent } from '../support/event-reader.js';
import { Gate } from '../support/gate.js';
import { answer, status } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

const STORY = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ');

describe('A streamed reply', () => {
  let model: ModelServer;
  let service: TestService;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: {
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        STREAM_HEARTBEAT_SECONDS: '1',
        AI_TIMEOUT_SECONDS: '10',
        AI_MAX_TOKENS: '5000',
      },
    });
  });

  beforeEach(() => model.respondWith(answer(STORY, { deltaDelayMs: 5 })));

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  const open = (token: string, options = {}): Promise<EventReader> =>
    EventReader.open(service.url, token, options);

  it('should arrive in pieces that join to what is stored', async () => {
    const { token } = await service.api.signIn();
    const stream = await open(token);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(stream.response.headers.get('x-accel-buffering')).toBe('no');
    const events = await stream.toEnd();
    expectWholeStream(events);
    expect(events.length).toBeGreaterThan(4);
    expect(stream.last.data).toMatchObject({ type: 'done', outcome: 'answered', response: STORY });
    const { body } = await service.api.history(token);
    expect(body.messages).toEqual([
      expect.objectContaining({ id: events[0]?.data.message_id, response: STORY, outcome: 'answered' }),
    ]);
    expect(await service.database.query('SELECT * FROM turn_deltas')).toEqual([]);
  });

  it('should be shown again from the start, as it was, for the same key', async () => {
    const { token } = await service.api.signIn();
    const first = await (await open(token, { key: 'k' })).toEnd();
    const calls = model.requests.length;
    const again = await (await open(token, { key: 'k' })).toEnd();
    expect(again).toEqual(first);
    expect(model.requests).toHaveLength(calls);
    const json = await service.api.send(token, 'Hello', 'k');
    expect(json.headers.get('idempotent-replayed')).toBe('true');
    expect(json.body.response).toBe(STORY);
  });

  it('should go on after every event it can be cut at, while it runs and afterwards', async () => {
    const { token } = await service.api.signIn();
    const calls = model.requests.length;
    const seen: ReceivedEvent[] = [];
    let lastEventId: string | undefined;
    do {
      const stream: EventReader = await open(
        token,
        lastEventId === undefined ? { key: 'cut' } : { lastEventId },
      );
      const event = await stream.next();
      stream.cut();
      seen.push(event!);
      lastEventId = event!.id;
    } while (!['done', 'error'].includes(seen.at(-1)!.data.type));
    expectWholeStream(seen);
    expect(seen.at(-1)?.data.response).toBe(STORY);
    for (const { id, sequence } of seen.slice(0, -1)) {
      const rest = await (await open(token, { lastEventId: id })).toEnd();
      expect(rest).toEqual(seen.slice(sequence + 1));
    }
    expect(model.requests).toHaveLength(calls + 1);
  });

  it('should be one turn, however it is sent: two streams and a plain request with one key', async () => {
    const gate = new Gate();
    model.respondWith(answer(STORY, { heldUntil: gate.opened, deltaDelayMs: 2 }));
    const { token } = await service.api.signIn();
    const calls = model.requests.length;
    const streams = [await open(token, { key: 'one' }), await open(token, { key: 'one' })];
    const plain = service.api.send(token, 'Hello', 'one');
    gate.open();
    const [first, second] = await Promise.all(streams.map((stream) => stream.toEnd()));
    expect(second).toEqual(first);
    expect((await plain).body.response).toBe(STORY);
    expect(model.requests).toHaveLength(calls + 1);
    expect((await service.api.history(token)).body.total).toBe(1);
  });

  it('should show a turn that was sent plainly while it runs', async () => {
    model.respondWith(answer(STORY, { deltaDelayMs: 10 }));
    const { token } = await service.api.signIn();
    const asked = model.nextRequest();
    const plain = service.api.send(token, 'Hello', 'plain-first');
    await asked;
    const stream = await open(token, { key: 'plain-first' });
    expectWholeStream(await stream.toEnd());
    expect((await plain).body.response).toBe(stream.text);
  });

  it('should go on to its end when its reader has gone', async () => {
    const { token } = await service.api.signIn();
    const stream = await open(token, { key: 'gone' });
    const { data } = (await stream.next())!;
    stream.cut();
    let item;
    do {
      item = (await service.api.call('GET', `/chat/messages/${data.message_id}`, { token })).body;
    } while (item['outcome'] === 'pending');
    expect(item).toMatchObject({ outcome: 'answered', response: STORY });
  });

  it('should stop when it is cancelled, and keep what there is', async () => {
    model.respondWith(answer(STORY, { fault: { kind: 'stall', afterDeltas: 5 } }));
    const { token } = await service.api.signIn();
    const stream = await open(token);
    await stream.until(() => stream.text.includes('word4'));
    const id = stream.events[0]!.data.message_id!;
    const path = `/chat/messages/${id}/cancel`;
    expect((await service.api.call('POST', path, { token })).status).toBe(202);
    expectWholeStream(await stream.toEnd());
    expect(stream.last.data).toMatchObject({ type: 'done', outcome: 'cancelled' });
    expect(stream.last.data.response).toBe('word0 word1 word2 word3 word4 ');
    // Once more changes nothing.
    expect((await service.api.call('POST', path, { token })).status).toBe(202);
    const { body } = await service.api.call('GET', `/chat/messages/${id}`, { token });
    expect(body).toMatchObject({ outcome: 'cancelled', response: stream.text });
  });

  it('should not be cancelled, resumed or seen by another session', async () => {
    const { token } = await service.api.signIn();
    const other = await service.api.signIn();
    const stream = await open(token);
    const { id, data } = (await stream.next())!;
    const cancelled = await service.api.call('POST', `/chat/messages/${data.message_id}/cancel`, {
      token: other.token,
    });
    expect(cancelled.status).toBe(404);
    await expect(open(other.token, { lastEventId: id })).rejects.toThrow('answered 404');
    await stream.toEnd();
    expect(stream.last.data.outcome).toBe('answered');
  });

  it('should end at once with session_ended when the session is signed out, and still be stored', async () => {
    const gate = new Gate();
    model.respondWith(answer(STORY, { heldUntil: gate.opened }));
    const { token } = await service.api.signIn();
    const stream = await open(token);
    const { data } = (await stream.next())!;
    await service.api.call('DELETE', '/auth/session', { token });
    await stream.toEnd();
    expect(stream.events.map(({ data: { type } }) => type)).toEqual(['accepted', 'error']);
    expect(stream.last.data.code).toBe('session_ended');
    gate.open();
    let rows: { outcome: string }[];
    do {
      rows = await service.database.query<{ outcome: string }>(
        'SELECT outcome FROM chat_messages WHERE id = $1',
        [data.message_id],
      );
    } while (rows[0]?.outcome === 'pending');
    expect(rows[0]?.outcome).toBe('answered');
  });

  it('should give signs of life while a model thinks', async () => {
    const gate = new Gate();
    model.respondWith(answer('thought', { heldUntil: gate.opened }));
    const { token } = await service.api.signIn();
    const stream = await open(token);
    await stream.untilComments(2);
    gate.open();
    await stream.toEnd();
    expect(stream.last.data.response).toBe('thought');
  });

  it('should keep the text of a model that dies in the middle', async () => {
    model.respondWith(answer(STORY, { fault: { kind: 'cut', afterDeltas: 7 } }));
    const { token } = await service.api.signIn();
    const events = await (await open(token)).toEnd();
    expectWholeStream(events);
    expect(events.at(-1)?.data).toMatchObject({ type: 'done', outcome: 'interrupted' });
    expect(events.at(-1)?.data.response).toContain('word6');
  });

  it('should be the apology when no model answers, and the safety text for a hostile message', async () => {
    model.respondWith(status(500));
    const { token } = await service.api.signIn();
    const apology = await (await open(token)).toEnd();
    expectWholeStream(apology);
    expect(apology.at(-1)?.data.outcome).toBe('fallback');
    const blocked = await (await open(token, { message: "x' UNION SELECT password FROM users --" })).toEnd();
    expectWholeStream(blocked);
    expect(blocked.at(-1)?.data).toMatchObject({
      outcome: 'blocked',
      response: expect.stringMatching(/safety.*rephrase/) as string,
    });
  });

  it('should not be held up by a reader that does not read, who misses nothing either', async () => {
    const long = Array.from({ length: 4_000 }, (_, index) => `word${index}`).join(' ');
    model.respondWith(answer(long, { wordsPerDelta: 100 }));
    const { token } = await service.api.signIn();
    const slow = await open(token, { key: 'slow' });
    const quick = await open(token, { key: 'slow' });
    expectWholeStream(await quick.toEnd());
    expect(quick.last.data.response === long).toBe(true);
    expect(slow.events).toEqual([]);
    expect(await slow.toEnd()).toEqual(quick.events);
  });

  it('should say its end again to a reader who has seen it, or claims to have seen more', async () => {
    const { token } = await service.api.signIn();
    const events = await (await open(token)).toEnd();
    const end = events.at(-1)!;
    expect(await (await open(token, { lastEventId: end.id })).toEnd()).toEqual([end]);
    const beyond = `${events[0]!.data.message_id}:999999`;
    expect(await (await open(token, { lastEventId: beyond })).toEnd()).toEqual([end]);
  });

  it.each([
    ['a Last-Event-ID that is none', { lastEventId: 'nonsense' }, 400],
    ['a Last-Event-ID of nothing', { lastEventId: 'AZq3mZ8ReK1c0Vt5LrYpTg:3' }, 404],
    ['a bad key', { key: '"unclosed' }, 400],
    ['no text', { message: '' }, 400],
    ['another media type', { headers: { 'content-type': 'text/plain' } }, 415],
  ])('should be refused with a problem before it begins: %s', async (_name, options, expected) => {
    const { token } = await service.api.signIn();
    await expect(open(token, options)).rejects.toThrow(new RegExp(`answered ${expected}: \\{"type":"urn:`));
    expect((await service.api.history(token)).body.total).toBe(0);
  });

  it('should not be accepted past the limit of the session, nor with a key of another message', async () => {
    const { token } = await service.api.signIn();
    await (await open(token, { key: 'mine' })).toEnd();
    await expect(open(token, { key: 'mine', message: 'Other' })).rejects.toThrow('answered 422');
  });
});
