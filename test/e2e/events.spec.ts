import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { OperatorDesk } from '../../src/chat/desk/operator-desk.service.js';
import { OperatorMessages } from '../../src/chat/desk/operator-messages.service.js';
import { toPgOptions } from '../../src/database/database-connection.js';
import { DatabaseNotifications } from '../../src/database/database-notifications.js';
import { TurnSignalsListener } from '../../src/chat/streaming/turn-signals.listener.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { NewsReader, type ReceivedNews } from '../support/news-reader.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

const OPERATOR_MESSAGES = 300;

describe('The events of a session', () => {
  let database: TestDatabase;
  let here: TestService;
  let elsewhere: TestService;
  /** Hears no signal: what it tells, it finds by itself. */
  let deaf: TestService;
  /** Looks for nothing by itself: what it tells, it has heard of. */
  let blind: TestService;

  const start = (): Promise<TestService> =>
    startTestService({ database, settings: { STREAM_HEARTBEAT_SECONDS: '1' } });

  beforeAll(async () => {
    database = await createTestDatabase();
    [here, elsewhere, deaf, blind] = await Promise.all([start(), start(), start(), start()]);
    await deaf.app.get(DatabaseNotifications).stop();
    blind.app.get(TurnSignalsListener).stopLooking();
  });

  afterAll(async () => {
    await Promise.all([here, elsewhere, deaf, blind].map((service) => service.stop()));
    await database.drop();
  });

  const open = (token: string, lastEventId?: number | string): Promise<NewsReader> =>
    NewsReader.open(here.url, token, lastEventId);

  const typesOf = (events: readonly ReceivedNews[]): string[] => events.map(({ data }) => data.type);
  const textsOf = (events: readonly ReceivedNews[]): (string | undefined)[] =>
    events.map(({ data }) => data.text ?? data.response);

  const say = (sessionId: string, externalId: string, text: string) =>
    elsewhere.app.get(OperatorMessages).say(sessionId, externalId, text);
  const edit = (sessionId: string, externalId: string, text: string) =>
    elsewhere.app.get(OperatorMessages).edit(sessionId, externalId, text);
  const withdraw = (sessionId: string, externalId: string) =>
    elsewhere.app.get(OperatorMessages).withdraw(sessionId, externalId);
  const takeOver = (sessionId: string) => elsewhere.app.get(OperatorDesk).takeOver(sessionId, randomUUID());
  const handBack = (sessionId: string) => elsewhere.app.get(OperatorDesk).handBack(sessionId, randomUUID());

  it('should begin with the place to read on after, and tell replies of other devices as the history does', async () => {
    const { token } = await here.api.signIn();
    await here.api.send(token, 'Before');
    const stream = await open(token);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(await stream.next()).toEqual({ place: 2, data: { type: 'ready', operator: false } });
    await elsewhere.api.send(token, 'From another device');
    const { place, data } = (await stream.next())!;
    const [, item] = (await here.api.history(token)).body.messages;
    expect(place).toBe(4);
    expect(data).toEqual({ type: 'reply', ...item });
    stream.cut();
  });

  it.each(['blind', 'deaf'] as const)(
    'should tell what an operator says, changes and takes back: %s',
    async (name) => {
      const service = { blind, deaf }[name];
      const { token, sessionId } = await here.api.signIn();
      const stream = await NewsReader.open(service.url, token);
      expect((await stream.next())?.place).toBe(0);
      await say(sessionId, 'm', 'Hello, this is Kim.');
      const said = (await stream.next())!;
      const [item] = (await here.api.history(token)).body.messages;
      expect(said).toEqual({
        place: 1,
        data: {
          ...{ type: 'operator_message', id: item?.id, text: 'Hello, this is Kim.' },
          ...{ created_at: item?.timestamp, edited_at: null },
        },
      });
      await edit(sessionId, 'm', 'Hello, Kim here.');
      const edited = (await stream.next())!;
      expect(edited).toEqual({
        place: 2,
        data: {
          ...said.data,
          ...{ type: 'operator_message_edited', text: 'Hello, Kim here.' },
          edited_at: (await here.api.history(token)).body.messages[0]?.edited_at,
        },
      });
      await withdraw(sessionId, 'm');
      expect(await stream.next()).toEqual({
        place: 3,
        data: { type: 'operator_message_withdrawn', id: said.data.id },
      });
      stream.cut();
    },
  );

  it('should tell a late reader what a message says now, its last change, and of a withdrawn one no more than that', async () => {
    const { token, sessionId } = await here.api.signIn();
    await say(sessionId, 'late-1', 'one');
    await say(sessionId, 'late-2', 'two');
    await edit(sessionId, 'late-1', 'one, better');
    await withdraw(sessionId, 'late-2');
    await edit(sessionId, 'late-1', 'one, best');
    const stream = await open(token, 0);
    expect((await stream.untilCount(4)).map(({ place, data }) => [place, data.type, data.text])).toEqual([
      [0, 'ready', undefined],
      [1, 'operator_message', 'one, best'],
      [4, 'operator_message_withdrawn', undefined],
      [5, 'operator_message_edited', 'one, best'],
    ]);
    stream.cut();
  });

  it('should tell when an operator takes over and hands back, to every reader', async () => {
    const { token, sessionId } = await here.api.signIn();
    const streams = await Promise.all([here, blind, deaf].map(({ url }) => NewsReader.open(url, token)));
    const nextOfEach = () => Promise.all(streams.map(async (stream) => (await stream.next())?.data));
    await nextOfEach();
    for (let round = 0; round < 2; round += 1) {
      await takeOver(sessionId);
      expect(await nextOfEach()).toEqual(streams.map(() => ({ type: 'operator_joined' })));
      const late = await open(token);
      expect((await late.next())?.data).toEqual({ type: 'ready', operator: true });
      late.cut();
      await handBack(sessionId);
      expect(await nextOfEach()).toEqual(streams.map(() => ({ type: 'operator_left' })));
    }
    streams.forEach((stream) => stream.cut());
  });

  it('should tell of a takeover at its place among the messages, also when all is found at once', async () => {
    const { token, sessionId } = await here.api.signIn();
    const streams = await Promise.all([blind, deaf].map(({ url }) => NewsReader.open(url, token)));
    await say(sessionId, 'before', 'before');
    await takeOver(sessionId);
    await here.api.send(token, 'To an operator');
    await say(sessionId, 'after', 'after');
    for (const stream of streams) {
      const [, before, joined, notice, after] = await stream.untilCount(5);
      expect(before).toMatchObject({ place: 1, data: { type: 'operator_message', text: 'before' } });
      expect(joined).toEqual({ place: undefined, data: { type: 'operator_joined' } });
      expect(notice).toMatchObject({ place: 4, data: { type: 'reply', outcome: 'operator' } });
      expect(after).toMatchObject({ place: 5, data: { type: 'operator_message', text: 'after' } });
      stream.cut();
    }
  });

  it('should go on after every event on any replica, with nothing missing and nothing twice', async () => {
    const { token, sessionId } = await here.api.signIn();
    await here.api.send(token, 'one');
    await say(sessionId, 'every-1', 'two');
    await elsewhere.api.send(token, 'three');
    await say(sessionId, 'every-2', 'four');
    await edit(sessionId, 'every-1', 'two, changed');
    await here.api.send(token, 'five');
    await withdraw(sessionId, 'every-2');
    const whole = await open(token, 0);
    const [, ...all] = await whole.untilCount(7);
    expect(typesOf(all)).toEqual([
      ...['reply', 'operator_message', 'reply', 'operator_message_edited', 'reply'],
      'operator_message_withdrawn',
    ]);
    for (const [index, { place }] of all.entries()) {
      for (const { url } of [here, elsewhere]) {
        const stream = await NewsReader.open(url, token, place);
        const rest = all.slice(index + 1);
        const [ready, ...events] = await stream.untilCount(1 + rest.length);
        expect(ready).toMatchObject({ place, data: { type: 'ready' } });
        expect(events).toEqual(rest);
        stream.cut();
      }
    }
    whole.cut();
  });

  it('should lose and repeat nothing over cuts at any byte while there is news', async () => {
    const { token, sessionId } = await here.api.signIn();
    const proxies = await Promise.all([here, elsewhere].map(({ url }) => CuttingProxy.start(url)));
    const first = await open(token);
    await first.next();
    const unhurried = await NewsReader.open(deaf.url, token);
    const seen: ReceivedNews[] = [];
    const reading = (async () => {
      let last = 0;
      for (let turn = 0; seen.length < OPERATOR_MESSAGES; turn += 1) {
        const proxy = proxies[turn % 2]!;
        proxy.cutAfterBytes = 500 + Math.floor(Math.random() * 3_000);
        try {
          const stream = await NewsReader.open(proxy.url, token, last);
          for (let event = await stream.next(); event !== undefined; event = await stream.next()) {
            last = event.place ?? last;
            seen.push(...(event.data.type === 'ready' ? [] : [event]));
          }
        } catch (error) {
          // By its text: the errors of `fetch` come from outside of the test's realm.
          expect(String(error)).toMatch(/^TypeError: (fetch failed|terminated)$/);
        }
      }
    })();
    for (let index = 0; index < OPERATOR_MESSAGES; index += 1) {
      await say(sessionId, String(index), `message ${index}`);
    }
    // What ends the last stream: nothing is left to be cut by.
    await until(() => (seen.length >= OPERATOR_MESSAGES ? true : undefined));
    proxies.forEach((proxy) => void proxy.close());
    await reading;
    const expected = Array.from({ length: OPERATOR_MESSAGES }, (_, index) => `message ${index}`);
    expect(textsOf(seen)).toEqual(expected);
    for (const stream of [first, unhurried]) {
      expect(textsOf((await stream.untilCount(OPERATOR_MESSAGES + 1)).slice(1))).toEqual(expected);
      stream.cut();
    }
    expect(proxies.reduce((sum, { cuts }) => sum + cuts, 0)).toBeGreaterThan(10);
  }, 60_000);

  it('should be read no further than its reader takes it, and hold up nobody', async () => {
    const { token, sessionId } = await here.api.signIn();
    // Far more than sockets hold.
    const total = 1_500;
    const kept = 1_200;
    const slow = await open(token, 0);
    const quick = await open(token, 0);
    await database.query(
      `WITH advanced AS (UPDATE sessions SET last_sequence = $2 WHERE id = $1)
       INSERT INTO chat_messages (id, session_id, sequence, message_type, content)
       SELECT 'slow-' || n, $1, n, 'operator', $3 || n FROM generate_series(1, $2::integer) n`,
      [sessionId, total, 'x'.repeat(20_000)],
    );
    const places = (await quick.untilCount(total + 1)).map(({ place }) => place);
    expect(places).toEqual(Array.from({ length: total + 1 }, (_, index) => index));
    // What nobody has asked for yet has not been read.
    await database.query('DELETE FROM chat_messages WHERE session_id = $1 AND sequence > $2', [
      sessionId,
      kept,
    ]);
    await say(sessionId, 'end', 'the end');
    await slow.until(({ text }) => text === 'the end');
    expect(slow.events.slice(0, -1)).toEqual(quick.events.slice(0, kept + 1));
    expect(slow.lastPlace).toBe(total + 1);
    [slow, quick].forEach((stream) => stream.cut());
  }, 30_000);

  it('should end with its session, after what was said before: signed out elsewhere, expired, erased', async () => {
    const ways: ((sessionId: string, token: string) => Promise<unknown>)[] = [
      (_, token) => elsewhere.api.call('DELETE', '/auth/session', { token }),
      (sessionId) => elsewhere.app.get(OperatorDesk).end(sessionId, randomUUID()),
      (sessionId) => database.query('UPDATE sessions SET expires_at = now() WHERE id = $1', [sessionId]),
    ];
    for (const end of ways) {
      const { token, sessionId } = await here.api.signIn();
      const streams = await Promise.all([here, deaf].map(({ url }) => NewsReader.open(url, token)));
      await say(sessionId, 'goodbye', 'Goodbye.');
      await end(sessionId, token);
      for (const stream of streams) {
        expect(typesOf(await stream.toEnd())).toEqual(['ready', 'operator_message', 'error']);
        expect(stream.events.at(-1)).toMatchObject({ place: undefined, data: { code: 'session_ended' } });
      }
      await expect(open(token)).rejects.toThrow('answered 401');
    }
    const { token, sessionId } = await here.api.signIn();
    const stream = await open(token);
    await stream.next();
    await database.query('DELETE FROM sessions WHERE id = $1', [sessionId]);
    expect((await stream.toEnd()).at(-1)?.data.code).toBe('session_ended');
  });

  it('should go on elsewhere when the replica is stopped', async () => {
    const leaving = await start();
    const { token, sessionId } = await here.api.signIn();
    const stream = await NewsReader.open(leaving.url, token);
    await say(sessionId, 'stop-1', 'before');
    await stream.until(({ text }) => text === 'before');
    const stopped = leaving.stop();
    expect((await stream.toEnd()).at(-1)).toMatchObject({
      place: undefined,
      data: { type: 'error', code: 'service_unavailable' },
    });
    await say(sessionId, 'stop-2', 'after');
    const resumed = await open(token, stream.lastPlace);
    expect(textsOf(await resumed.untilCount(2))).toEqual([undefined, 'after']);
    await stopped;
    resumed.cut();
  });

  it('should go on after a look that failed', async () => {
    const { token, sessionId } = await here.api.signIn();
    const stream = await open(token);
    await stream.next();
    const holder = new Client(toPgOptions(database.connection));
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE chat_messages IN ACCESS EXCLUSIVE MODE');
    await holder.query(
      `WITH advanced AS (UPDATE sessions SET last_sequence = 1 WHERE id = $1)
       INSERT INTO chat_messages (id, session_id, sequence, message_type, content)
       VALUES ('after-failure', $1, 1, 'operator', 'still told')`,
      [sessionId],
    );
    await database.query(`SELECT pg_notify('parley_turns', 'news:' || $1::text)`, [sessionId]);
    await until(async () => {
      const ended = await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'
            AND query LIKE '%w (session_id, place, reader)%'`,
      );
      return ended.length > 0 ? true : undefined;
    });
    await holder.query('COMMIT');
    await holder.end();
    expect((await stream.next())?.data.text).toBe('still told');
    stream.cut();
  });

  it('should cost a chat that nobody watches no signal', async () => {
    const heard: string[] = [];
    const listener = new Client(toPgOptions(database.connection));
    listener.on('notification', ({ payload = '' }) => heard.push(payload));
    await listener.connect();
    await listener.query('LISTEN parley_turns');
    const { token } = await here.api.signIn();
    await here.api.send(token, 'Unwatched');
    const watched = await here.api.signIn();
    const stream = await open(watched.token);
    await stream.next();
    await here.api.send(watched.token, 'Watched');
    await stream.until(({ type }) => type === 'reply');
    await until(() => (heard.includes(`news:${watched.sessionId}`) ? true : undefined));
    expect(heard.filter((payload) => payload.startsWith('news:'))).toEqual([`news:${watched.sessionId}`]);
    await listener.end();
    stream.cut();
  });

  it('should give signs of life', async () => {
    const { token } = await here.api.signIn();
    const stream = await open(token);
    await stream.next();
    const next = stream.next();
    await until(() => (stream.comments >= 2 ? true : undefined));
    stream.cut();
    await expect(next).rejects.toThrow();
  });

  it('should count as its end what lies beyond it, and refuse what is no place', async () => {
    const { token } = await here.api.signIn();
    await here.api.send(token, 'Hello');
    const stream = await open(token, 999_999);
    expect(await stream.next()).toMatchObject({ place: 2, data: { type: 'ready' } });
    await here.api.send(token, 'Hello again');
    expect(await stream.next()).toMatchObject({ place: 4, data: { type: 'reply', message: 'Hello again' } });
    stream.cut();
    for (const bad of ['nonsense', '-1', 'AZq3mZ8ReK1c0Vt5LrYpTg:3', '99999999999']) {
      await expect(open(token, bad)).rejects.toThrow(/answered 400: .*Last-Event-ID/);
    }
  });

  it('should tell nothing of another session', async () => {
    const mine = await here.api.signIn();
    const other = await here.api.signIn();
    const stream = await open(mine.token, 0);
    await say(other.sessionId, 'foreign', 'not for you');
    await here.api.send(other.token, 'nor this');
    await say(mine.sessionId, 'own', 'for you');
    await stream.until(({ type }) => type !== 'ready');
    expect(textsOf(stream.events)).toEqual([undefined, 'for you']);
    stream.cut();
  });

  it('should be open twenty times a session at most, and again when one is closed', async () => {
    const { token } = await here.api.signIn();
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(token)));
    const refused = await here.api.call('GET', '/chat/events', { token });
    expect([refused.status, refused.body['code'], refused.headers.get('retry-after')]).toEqual([
      429,
      'rate_limited',
      '10',
    ]);
    (await NewsReader.open(elsewhere.url, token)).cut();
    streams[7]!.cut();
    const again = await until(() => open(token).catch(() => undefined));
    [...streams, again].forEach((stream) => stream.cut());
    // Those who are gone before they are answered leave nothing behind.
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const gone = AbortSignal.timeout(attempt);
      await fetch(`${here.url}/chat/events`, {
        signal: gone,
        headers: { authorization: `Bearer ${token}`, 'user-agent': 'parley-tests/1.0' },
      }).catch(() => undefined);
    }
    const fresh = await until(async () => {
      const opened = await Promise.allSettled(Array.from({ length: 20 }, () => open(token)));
      const readers = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      if (readers.length === opened.length) {
        return readers;
      }
      readers.forEach((stream) => stream.cut());
      return undefined;
    });
    fresh.forEach((stream) => stream.cut());
  });
});
