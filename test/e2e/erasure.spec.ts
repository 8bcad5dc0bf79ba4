import { Client } from 'pg';
import { toPgOptions } from '../../src/database/database-connection.js';
import { OperatorMessages } from '../../src/chat/desk/operator-messages.service.js';
import { DatabaseNotifications } from '../../src/database/database-notifications.js';
import { EventReader } from '../support/event-reader.js';
import { Gate } from '../support/gate.js';
import { answer, echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { NewsReader } from '../support/news-reader.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

describe('Erasing a conversation', () => {
  let model: ModelServer;
  let service: TestService;
  let replica: TestService;
  let token: string;
  let sessionId: string;

  let settings: Readonly<Record<string, string>>;

  beforeAll(async () => {
    model = await ModelServer.start();
    settings = {
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      NOTIFICATION_LOG_ENABLED: 'true',
      AI_SESSION_TOKEN_LIMIT: '1000000',
      AI_DAILY_TOKEN_LIMIT: '1000000',
    };
    service = await startTestService({ settings });
    replica = await startTestService({ settings, database: service.database });
  });

  beforeEach(async () => {
    model.respondWith(echo());
    ({ token, sessionId } = await service.api.signIn());
  });

  afterAll(async () => {
    await replica.stop();
    await service.stop();
    await model.close();
  });

  const erase = (on = service) => on.api.call('DELETE', '/chat/history', { token });
  const rowsOf = (table: string, column = 'session_id') =>
    service.database.query(`SELECT * FROM ${table} WHERE ${column} = $1`, [sessionId]);
  const tokensOf = async () => {
    const [row] = await service.database.query<{ used: number; reserved: number }>(
      'SELECT tokens_used::integer AS used, tokens_reserved::integer AS reserved FROM sessions WHERE id = $1',
      [sessionId],
    );
    return row!;
  };

  it('should leave nothing to read, and go on with an empty conversation', async () => {
    const sent = await service.api.send(token, 'my secret');
    await service.app.get(OperatorMessages).say(sessionId, 'discord-1', 'an operator wrote this');
    expect((await service.api.history(token)).body.total).toBe(2);

    const answered = await erase();
    expect([answered.status, answered.body]).toEqual([204, undefined]);
    expect((await service.api.history(token)).body).toEqual({
      messages: [],
      total: 0,
      has_more: false,
      next_cursor: null,
    });
    expect(await rowsOf('chat_messages')).toEqual([]);
    const one = await service.api.call('GET', `/chat/messages/${sent.body.message_id}`, { token });
    expect([one.status, one.body['code']]).toEqual([404, 'not_found']);
    const cursor = await service.api.history(token, `?before=${sent.body.message_id}`);
    expect(cursor.body).toMatchObject({ code: 'invalid_cursor' });

    await service.api.send(token, 'afterwards');
    const context = JSON.stringify(model.requests.at(-1)?.body.messages);
    expect(context).toContain('afterwards');
    expect(context).not.toMatch(/my secret|an operator wrote this/);
    const { body } = await service.api.history(token);
    expect([body.total, body.messages.map(({ message }) => message)]).toEqual([1, ['afterwards']]);
  });

  it('should give no message back to the limit', async () => {
    await service.api.send(token, 'one');
    await service.api.send(token, 'two');
    await erase();
    const { body } = await service.api.call('GET', '/auth/session', { token });
    expect([body['messages_used'], body['messages_remaining']]).toEqual([2, 48]);
  });

  it('should be the same when done twice, and tell whoever follows the session once', async () => {
    await service.api.send(token, 'one');
    expect((await erase()).status).toBe(204);
    expect((await erase()).status).toBe(204);
    await service.api.call('DELETE', '/auth/session', { token });
    const told = () =>
      [...service.logs, ...replica.logs].filter(
        ({ session_id, fact }) => session_id === sessionId && fact !== undefined,
      );
    await until(() => told().find(({ fact }) => fact === 'SessionEnded'));
    expect(told().filter(({ fact }) => fact === 'HistoryErased')).toHaveLength(1);
    expect((await erase()).body).toMatchObject({ code: 'session_ended' });
  });

  it('should leave other sessions alone', async () => {
    const other = await service.api.signIn();
    await service.api.send(other.token, 'mine to keep', 'shared-key');
    await service.api.send(token, 'mine to lose', 'shared-key');
    await erase();
    expect((await service.api.wholeHistory(other.token)).map(({ message }) => message)).toEqual([
      'mine to keep',
    ]);
    expect((await service.api.send(other.token, 'mine to keep', 'shared-key')).status).toBe(200);
  });

  it('should refuse a key that was used before it, so that no retry brings a message back', async () => {
    await service.api.send(token, 'only once', 'key-1');
    await erase();
    const again = await service.api.send(token, 'only once', 'key-1');
    expect([again.status, again.body]).toMatchObject([422, { code: 'idempotency_key_reused' }]);
    expect((await service.api.history(token)).body.total).toBe(0);
    expect((await service.api.send(token, 'another', 'key-2')).status).toBe(200);
    const [kept] = await service.database.query<{ key_digest: Buffer }>(
      'SELECT key_digest FROM erased_keys WHERE session_id = $1',
      [sessionId],
    );
    expect(kept?.key_digest.toString('latin1')).not.toContain('key-1');
  });

  it("should not let an operator's message come back that is told again", async () => {
    const desk = service.app.get(OperatorMessages);
    expect(await desk.say(sessionId, 'discord-7', 'hello')).toBe('stored');
    await erase();
    expect(await desk.say(sessionId, 'discord-7', 'hello')).toBe('known');
    expect(await desk.say(sessionId, 'discord-8', 'hello again')).toBe('stored');
    expect((await service.api.history(token)).body.total).toBe(1);
  });

  it('should end a reply that is being made, on whichever replica, and let none appear later', async () => {
    const gate = new Gate();
    model.respondWith(echo({ heldUntil: gate.opened }));
    const arrived = model.nextRequest();
    const sending = service.api.send(token, 'in flight', 'key-3');
    const twin = replica.api.send(token, 'in flight', 'key-3');
    const request = await arrived;
    const { reserved } = await tokensOf();
    expect(reserved).toBeGreaterThan(0);

    expect((await erase(replica)).status).toBe(204);
    // The model is told to stop, and does not need to answer first.
    await request.closed;
    gate.open();
    for (const answered of [await sending, await twin]) {
      expect([answered.status, answered.body]).toMatchObject([410, { code: 'message_erased' }]);
    }
    expect(await rowsOf('chat_messages')).toEqual([]);
    expect(await rowsOf('running_turns')).toEqual([]);
    // What it had reserved is spent: erasing is no way to get answers for nothing.
    expect(await tokensOf()).toEqual({ used: reserved, reserved: 0 });
    const [day] = await service.database.query(`SELECT reserved::integer AS reserved FROM daily_tokens`);
    expect(day).toEqual({ reserved: 0 });
    const retried = await service.api.send(token, 'in flight', 'key-3');
    expect(retried.body).toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('should end it also where no signal of the erasure is heard', async () => {
    const deaf = await startTestService({ settings, database: service.database });
    try {
      await deaf.app.get(DatabaseNotifications).stop();
      const gate = new Gate();
      model.respondWith(echo({ heldUntil: gate.opened }));
      const arrived = model.nextRequest();
      const sending = deaf.api.send(token, 'in flight');
      const request = await arrived;
      await erase();
      await request.closed;
      gate.open();
      expect((await sending).body).toMatchObject({ code: 'message_erased' });
    } finally {
      await deaf.stop();
    }
  });

  it('should end the streams of what it erases with a word of their own', async () => {
    const gate = new Gate();
    model.respondWith(answer('one two three four', { deltaDelayMs: 5, heldUntil: gate.opened }));
    const arrived = model.nextRequest();
    const here = await EventReader.open(service.url, token, { key: 'key-4' });
    const { data } = await here.until(({ data: { type } }) => type === 'accepted');
    const there = await EventReader.open(replica.url, token, {
      lastEventId: `${data.message_id ?? ''}:0`,
    });
    await arrived;
    await erase();
    gate.open();
    for (const stream of [here, there]) {
      await stream.toEnd();
      expect(stream.last.data).toMatchObject({ type: 'error', code: 'message_erased' });
    }
    expect(await service.database.query('SELECT * FROM turn_deltas')).toEqual([]);
  });

  it('should tell whoever reads the events of the session, also one who was away', async () => {
    await service.api.send(token, 'one');
    const here = await NewsReader.open(service.url, token);
    const there = await NewsReader.open(replica.url, token, 0);
    const seen = (await there.until(({ type }) => type === 'reply')).place!;
    await erase();
    await service.api.send(token, 'two');
    const away = await NewsReader.open(replica.url, token, seen);
    for (const stream of [here, there, away]) {
      await stream.until(({ message }) => message === 'two');
      const [erasure, reply] = stream.events.slice(-2);
      expect([erasure?.data, reply?.data.type]).toEqual([{ type: 'history_erased' }, 'reply']);
      expect(erasure!.place).toBeGreaterThan(seen);
      stream.cut();
    }
  });

  it('should not pass on what an accept had read before it', async () => {
    await service.api.send(token, 'my secret', 'key-5');
    // Holds the erasure's lock and commit back, while a message and a retry read the conversation and wait.
    await service.database.query(`
      CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock(4711);
        RETURN NEW;
      END $$`);
    await service.database.query(`
      CREATE TRIGGER wait_for_test BEFORE UPDATE OF erased_through_sequence ON sessions
      FOR EACH ROW EXECUTE FUNCTION wait_for_test()`);
    const holder = await holdAdvisoryLock(service, 4711);
    const erasing = erase();
    await waitingFor(service, 'advisory', 1);
    const calls = model.requests.length;
    const sending = service.api.send(token, 'meanwhile');
    const retry = service.api.send(token, 'my secret', 'key-5');
    await waitingFor(service, 'transactionid', 1);
    await waitingFor(service, 'tuple', 1);
    await holder.release();
    expect((await erasing).status).toBe(204);
    expect((await sending).status).toBe(200);
    expect((await retry).body).toMatchObject({ code: 'idempotency_key_reused' });
    const asked = model.requests.slice(calls).map(({ body }) => JSON.stringify(body.messages));
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toContain('my secret');
    expect((await service.api.wholeHistory(token)).map(({ message }) => message)).toEqual(['meanwhile']);
    await service.database.query('DROP FUNCTION wait_for_test CASCADE');
  });

  it('should not break the write of a piece that is just being stored', async () => {
    await service.database.query(`
      CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock(4712);
        RETURN NEW;
      END $$`);
    await service.database.query(`
      CREATE TRIGGER wait_for_test BEFORE INSERT ON turn_deltas FOR EACH ROW EXECUTE FUNCTION wait_for_test()`);
    const holder = await holdAdvisoryLock(service, 4712);
    model.respondWith(answer('one two three four', { deltaDelayMs: 5 }));
    const stream = await EventReader.open(service.url, token);
    await waitingFor(service, 'advisory', 1);
    const erasing = erase();
    await Promise.race([erasing, waitingFor(service, 'transactionid', 1)]);
    await holder.release();
    expect((await erasing).status).toBe(204);
    await stream.toEnd();
    expect(stream.last.data).toMatchObject({ type: 'error', code: 'message_erased' });
    await service.database.query('DROP FUNCTION wait_for_test CASCADE');
  });

  it('should be over all of a conversation while messages come in, or over none of it', async () => {
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        if (index % 4 === 3) {
          await erase(index % 8 === 3 ? service : replica);
        }
        await (index % 2 === 0 ? service : replica).api.send(token, `message ${index}`);
      }),
    );
    const [row] = await service.database.query<{ left: number; counted: number; torn: number }>(
      `SELECT (SELECT count(*) FROM chat_messages m WHERE m.session_id = s.id AND m.message_type = 'user')::integer AS left,
              s.message_count - s.erased_message_count AS counted,
              (SELECT count(*) FROM chat_messages m
                WHERE m.session_id = s.id AND m.sequence <= s.erased_through_sequence)::integer AS torn
         FROM sessions s WHERE s.id = $1`,
      [sessionId],
    );
    expect(row?.torn).toBe(0);
    expect(row?.left).toBe(row?.counted);
    expect((await service.api.history(token)).body.total).toBe(row?.left);
  });
});

/** Holds a lock that a trigger of the test asks for. */
async function holdAdvisoryLock(service: TestService, key: number): Promise<{ release(): Promise<void> }> {
  const client = new Client(toPgOptions(service.database.connection));
  await client.connect();
  await client.query('SELECT pg_advisory_lock($1)', [key]);
  return { release: () => client.end() };
}

/** Waits until so many connections of this database wait for a lock of this kind. */
function waitingFor(service: TestService, event: string, count: number): Promise<true> {
  return until(async () => {
    const rows = await service.database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = $1`,
      [event],
    );
    return rows.length >= count ? true : undefined;
  });
}
