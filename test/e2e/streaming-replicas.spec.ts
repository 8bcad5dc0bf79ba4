import { DatabaseNotifications } from '../../src/database/database-notifications.js';
import { EventReader, expectWholeStream, type StreamOptions } from '../support/event-reader.js';
import { Gate } from '../support/gate.js';
import { answer } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

const STORY = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ');

/** Two replicas; the second hears the signals of the first, or has to find everything out by itself. */
describe.each([
  ['hears of it', false],
  ['hears of nothing', true],
])('A stream on another replica, which %s', (_name, isDeaf) => {
  let model: ModelServer;
  let database: TestDatabase;
  let runner: TestService;
  let other: TestService;

  beforeAll(async () => {
    model = await ModelServer.start();
    database = await createTestDatabase();
    const settings = {
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      AI_TIMEOUT_SECONDS: '5',
      TURN_LEASE_SECONDS: '7',
    };
    runner = await startTestService({ database, settings });
    other = await startTestService({ database, settings });
    if (isDeaf) {
      await other.app.get(DatabaseNotifications).stop();
    }
  });

  beforeEach(() => model.respondWith(answer(STORY, { deltaDelayMs: 5 })));

  afterAll(async () => {
    await Promise.all([runner.stop(), other.stop()]);
    await database.drop();
    await model.close();
  });

  const open = (token: string, options: StreamOptions = {}) => EventReader.open(runner.url, token, options);
  const openOther = (token: string, options: StreamOptions) => EventReader.open(other.url, token, options);

  it('should be the same stream, while it runs and afterwards, from every event on', async () => {
    const { token } = await runner.api.signIn();
    const first = await open(token, { key: 'same' });
    await first.until(() => first.text.includes('word2'));
    const second = await openOther(token, { key: 'same' });
    const third = await openOther(token, { lastEventId: first.events[1]!.id });
    await Promise.all([first.toEnd(), second.toEnd(), third.toEnd()]);
    expectWholeStream(first.events);
    expect(first.last.data).toMatchObject({ outcome: 'answered', response: STORY });
    expect(second.events).toEqual(first.events);
    expect(third.events).toEqual(first.events.slice(2));
    for (const { id, sequence } of first.events.slice(0, -1)) {
      const rest = await openOther(token, { lastEventId: id });
      expect(await rest.toEnd()).toEqual(first.events.slice(sequence + 1));
    }
  });

  it('should be read live where nobody reads it on the replica that runs it', async () => {
    const gate = new Gate();
    model.respondWith(answer(STORY, { heldUntil: gate.opened, deltaDelayMs: 40 }));
    const { token } = await runner.api.signIn();
    const asked = model.nextRequest();
    const plain = runner.api.send(token, 'Hello', 'plain');
    await asked;
    const follower = await openOther(token, { key: 'plain' });
    gate.open();
    expectWholeStream(await follower.toEnd());
    expect((await plain).body.response).toBe(follower.text);
    // Not all at once when it was over.
    expect(follower.events.length).toBeGreaterThan(3);
  });

  it('should be left and taken up again', async () => {
    const { token } = await runner.api.signIn();
    const first = await open(token, { key: 'left' });
    await first.until(() => first.text.includes('word1'));
    const left = await openOther(token, { lastEventId: first.events[0]!.id });
    await left.next();
    left.cut();
    const again = await openOther(token, { lastEventId: left.last.id });
    await again.toEnd();
    expectWholeStream([first.events[0]!, ...left.events, ...again.events]);
    first.cut();
  });

  it('should be cancelled from either side', async () => {
    for (const side of [runner, other]) {
      model.respondWith(answer(STORY, { fault: { kind: 'stall', afterDeltas: 5 } }));
      const { token } = await runner.api.signIn();
      // Run by the one that may not hear of it.
      const stream = await openOther(token, {});
      await stream.until(() => stream.text.includes('word4'));
      const path = `/chat/messages/${stream.events[0]!.data.message_id}/cancel`;
      expect((await side.api.call('POST', path, { token })).status).toBe(202);
      expectWholeStream(await stream.toEnd());
      expect(stream.last.data).toMatchObject({ type: 'done', outcome: 'cancelled' });
    }
  });

  it('should end when its session is ended on the other side, or erased', async () => {
    const gate = new Gate();
    model.respondWith(answer(STORY, { heldUntil: gate.opened }));
    const signOut = (token: string): Promise<unknown> =>
      runner.api.call('DELETE', '/auth/session', { token });
    const remove = (_: string, sessionId: string): Promise<unknown> =>
      database.query('DELETE FROM sessions WHERE id = $1', [sessionId]);
    // Of a session that is gone, either can be noticed first: that it is, or that its message is.
    for (const [end, code] of [
      [signOut, /^session_ended$/],
      [remove, /^(session_ended|message_erased)$/],
    ] as const) {
      const { token, sessionId } = await runner.api.signIn();
      const first = await open(token, { key: 'ends' });
      await first.next();
      const follower = await openOther(token, { key: 'ends' });
      await follower.next();
      await end(token, sessionId);
      for (const stream of [first, follower]) {
        await stream.toEnd();
        expect(stream.last.data.type).toBe('error');
        expect(stream.last.data.code).toMatch(code);
      }
    }
    gate.open();
  });

  it('should say that the turn was interrupted when its lease has run out', async () => {
    const gate = new Gate();
    model.respondWith(answer(STORY, { heldUntil: gate.opened }));
    const { token } = await runner.api.signIn();
    const first = await open(token, { key: 'lease' });
    const { data } = (await first.next())!;
    const follower = await openOther(token, { key: 'lease' });
    await follower.next();
    await database.query('UPDATE chat_messages SET lease_expires_at = now() WHERE id = $1', [
      data.message_id,
    ]);
    await follower.toEnd();
    expect(follower.last.data).toMatchObject({ type: 'error', code: 'turn_interrupted' });
    gate.open();
    await first.toEnd();
  });

  it('should say that the turn was answered anew, to those who read the slower attempt', async () => {
    const gate = new Gate();
    model.respondWith(answer('slow and late', { heldUntil: gate.opened, deltaDelayMs: 2 }));
    const { token } = await runner.api.signIn();
    const slow = await open(token, { key: 'anew' });
    const { data } = (await slow.next())!;
    await database.query(
      `WITH turn AS (UPDATE chat_messages SET lease_expires_at = now() WHERE id = $1 RETURNING id, attempt)
       INSERT INTO turn_deltas (turn_id, attempt, sequence, text) SELECT id, attempt, 1, 'half of ' FROM turn`,
      [data.message_id],
    );
    const follower = await openOther(token, { lastEventId: `${data.message_id}:0` });
    await follower.toEnd();
    expect(follower.events.map(({ data: { type, text, code } }) => [type, text ?? code])).toEqual([
      ['delta', 'half of '],
      ['error', 'turn_interrupted'],
    ]);
    model.respondWith(answer('quick'));
    const quick = await openOther(token, { key: 'anew' });
    expectWholeStream(await quick.toEnd());
    expect(quick.last.data).toMatchObject({ outcome: 'answered', response: 'quick' });
    gate.open();
    // It had shown nothing, so what it shows is what is stored.
    expectWholeStream(await slow.toEnd());
    expect(slow.last.data).toEqual(quick.last.data);
    for (const [service, last] of [
      [runner, 1],
      [other, 2],
    ] as const) {
      const stale = await EventReader.open(service.url, token, { lastEventId: `${data.message_id}:${last}` });
      await stale.toEnd();
      expect(stale.events.map((event) => event.data.code)).toEqual(['turn_restarted']);
    }
  });

  it('should say the same to who has read a part of an attempt that was overtaken while its model stalled', async () => {
    model.respondWith(answer(STORY, { fault: { kind: 'stall', afterDeltas: 5 } }));
    const { token } = await runner.api.signIn();
    const slow = await open(token, { key: 'stalled' });
    await slow.until(() => slow.text.includes('word4'));
    const follower = await openOther(token, { lastEventId: slow.events[0]!.id });
    await follower.next();
    model.respondWith(answer('quick'));
    await database.query('UPDATE chat_messages SET lease_expires_at = now() WHERE id = $1', [
      slow.events[0]!.data.message_id,
    ]);
    const quick = await open(token, { key: 'stalled' });
    await quick.toEnd();
    expect(quick.last.data).toMatchObject({ outcome: 'answered', response: 'quick' });
    await Promise.all([slow.toEnd(), follower.toEnd()]);
    expect(slow.last.data.code).toBe('turn_restarted');
    expect(['turn_restarted', 'turn_interrupted']).toContain(follower.last.data.code);
    expect(slow.text.startsWith(follower.text)).toBe(true);
  });

  it('should go on when a look fails', async () => {
    const gate = new Gate();
    model.respondWith(answer(STORY, { heldUntil: gate.opened, deltaDelayMs: 5 }));
    const { token } = await runner.api.signIn();
    const first = await open(token, { key: 'look' });
    await first.next();
    const follower = await openOther(token, { key: 'look' });
    await follower.next();
    await database.query(`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'parley-listener'`);
    gate.open();
    await Promise.all([first.toEnd(), follower.toEnd()]);
    expectWholeStream(follower.events);
    expect(follower.events).toEqual(first.events);
    await until(async () => ((await other.api.call('GET', '/readyz')).status === 200 ? true : undefined));
  });
});
