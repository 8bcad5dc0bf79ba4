import { CuttingProxy } from '../support/cutting-proxy.js';
import { EventReader, expectWholeStream, type ReceivedEvent } from '../support/event-reader.js';
import { answer } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const STORY = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
const CUTS = 100;
const CONVERSATIONS_AT_ONCE = 10;

/** What `fetch` says of a connection that breaks before or within an answer. */
function isLostConnection(error: unknown): boolean {
  // By its text: the errors of `fetch` come from outside of the test's realm.
  return /^TypeError: (fetch failed|terminated)$/.test(String(error));
}

/** The same promises whichever way replicas hear of each other. */
function describeReplicas(settingsOf: () => Promise<Record<string, string>>): void {
  let model: ModelServer;
  let database: TestDatabase;
  let replicas: ServiceProcess[];
  let settings: Record<string, string>;

  beforeAll(async () => {
    model = await ModelServer.start({ reply: answer(STORY, { deltaDelayMs: 8 }) });
    database = await createTestDatabase();
    settings = {
      DATABASE_URL: database.url,
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      AI_TIMEOUT_SECONDS: '3',
      TURN_LEASE_SECONDS: '4',
      ...(await settingsOf()),
    };
    replicas = await Promise.all([ServiceProcess.start(settings), ServiceProcess.start(settings)]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await database.drop();
    await model.close();
  });

  /** Reads a turn to its end over networks that break at any byte, and on from there on the other replica. */
  async function readInPieces(
    token: string,
    key: string,
  ): Promise<{ events: ReceivedEvent[]; cuts: number }> {
    const proxies = await Promise.all(replicas.map(({ url }) => CuttingProxy.start(url)));
    const events: ReceivedEvent[] = [];
    let isAtEnd = false;
    for (let replica = 0; !isAtEnd; replica = 1 - replica) {
      const proxy = proxies[replica]!;
      // Sometimes before the first event, sometimes in the middle of one, sometimes not at all.
      proxy.cutAfterBytes = 600 + Math.floor(Math.random() * 1_200);
      const lastEventId = events.at(-1)?.id;
      try {
        const stream = await EventReader.open(proxy.url, token, {
          key,
          ...(lastEventId === undefined ? {} : { lastEventId }),
        });
        for (let event = await stream.next(); event !== undefined; event = await stream.next()) {
          events.push(event);
          isAtEnd = ['done', 'error'].includes(event.data.type);
        }
      } catch (error) {
        if (!isLostConnection(error)) {
          throw error;
        }
      }
    }
    await Promise.all(proxies.map((proxy) => proxy.close()));
    return { events, cuts: proxies.reduce((sum, { cuts }) => sum + cuts, 0) };
  }

  it(`should lose nothing and repeat nothing over ${CUTS} cuts, each resumed on the other replica`, async () => {
    const calls = model.requests.length;
    let cuts = 0;
    let turns = 0;
    while (cuts < CUTS) {
      const read = await Promise.all(
        Array.from({ length: CONVERSATIONS_AT_ONCE }, async () => {
          const { token } = await replicas[0]!.api.signIn();
          const { events, cuts: ofThis } = await readInPieces(token, 'key');
          expectWholeStream(events);
          expect(events.at(-1)?.data).toMatchObject({ outcome: 'answered', response: STORY });
          const { body } = await replicas[1]!.api.history(token);
          expect(body.messages.map(({ response }) => response)).toEqual([STORY]);
          return ofThis;
        }),
      );
      turns += read.length;
      cuts += read.reduce((sum, each) => sum + each, 0);
    }
    expect(model.requests.length - calls).toBe(turns);
    console.info(`${turns} turns read to their end over ${cuts} cuts`);
  }, 120_000);

  it('should be read live on the other replica, however it was sent and though nobody reads it here', async () => {
    model.respondWith(answer(STORY, { deltaDelayMs: 25 }));
    const { token } = await replicas[0]!.api.signIn();
    const left = await EventReader.open(replicas[0]!.url, token);
    await left.until(() => left.text.includes('word1'));
    left.cut();
    const resumed = await EventReader.open(replicas[1]!.url, token, { lastEventId: left.last.id });
    const asked = model.nextRequest();
    const plain = replicas[0]!.api.send(token, 'Plainly', 'plain');
    await asked;
    const shown = await EventReader.open(replicas[1]!.url, token, { message: 'Plainly', key: 'plain' });
    await Promise.all([resumed.toEnd(), shown.toEnd(), plain]);
    expectWholeStream([...left.events, ...resumed.events]);
    expectWholeStream(shown.events);
    // Not all at once when it was over.
    expect(resumed.events.length).toBeGreaterThan(10);
    expect(shown.events.length).toBeGreaterThan(10);
    model.respondWith(answer(STORY, { deltaDelayMs: 8 }));
  });

  it('should cancel on one replica what the other one runs, also after a resume', async () => {
    model.respondWith(answer(STORY, { fault: { kind: 'stall', afterDeltas: 5 } }));
    const { token } = await replicas[0]!.api.signIn();
    const first = await EventReader.open(replicas[0]!.url, token);
    await first.until(() => first.text.includes('word4'));
    first.cut();
    const second = await EventReader.open(replicas[1]!.url, token, { lastEventId: first.last.id });
    const { status } = await replicas[1]!.api.call(
      'POST',
      `/chat/messages/${first.events[0]!.data.message_id}/cancel`,
      { token },
    );
    expect(status).toBe(202);
    await second.toEnd();
    expectWholeStream([...first.events, ...second.events]);
    expect(second.last.data.outcome).toBe('cancelled');
    model.respondWith(answer(STORY, { deltaDelayMs: 8 }));
  });

  it('should close the streams of a session that is ended on the other replica', async () => {
    const { token } = await replicas[0]!.api.signIn();
    const stream = await EventReader.open(replicas[0]!.url, token);
    await stream.next();
    await replicas[1]!.api.call('DELETE', '/auth/session', { token });
    await stream.toEnd();
    expect(stream.last.data).toMatchObject({ type: 'error', code: 'session_ended' });
  });

  it('should send readers on to another replica when theirs is stopped', async () => {
    const leaving = await ServiceProcess.start(settings);
    const { token } = await replicas[0]!.api.signIn();
    const stream = await EventReader.open(leaving.url, token);
    await stream.until(() => stream.text.includes('word3'));
    const stopped = leaving.stop();
    await stream.toEnd();
    expect(stream.last.data).toMatchObject({ type: 'error', code: 'service_unavailable' });
    const seen = stream.events.slice(0, -1);
    expect(stream.last.id).toBe(seen.at(-1)?.id);
    const rest = await EventReader.open(replicas[1]!.url, token, { lastEventId: stream.last.id });
    expectWholeStream([...seen, ...(await rest.toEnd())]);
    expect(rest.last.data).toMatchObject({ outcome: 'answered', response: STORY });
    expect(await stopped).toEqual({ code: 0, signal: null });
  });

  it('should show what a killed replica had streamed, and answer the turn once when it is sent again', async () => {
    model.respondWith(answer(STORY, { fault: { kind: 'stall', afterDeltas: 9 } }));
    const doomed = await ServiceProcess.start(settings);
    const { token } = await replicas[0]!.api.signIn();
    const stream = await EventReader.open(doomed.url, token, { key: 'killed' });
    await stream.until(() => stream.text.includes('word8'));
    const seen = stream.events;
    const follower = await EventReader.open(replicas[1]!.url, token, { lastEventId: seen[1]!.id });
    await doomed.kill();
    stream.cut();

    // Whoever follows hears of it within the lease, without a gap.
    await follower.toEnd();
    expect(follower.last.data).toMatchObject({ type: 'error', code: 'turn_interrupted' });
    expect(follower.events.slice(0, -1)).toEqual(seen.slice(2));
    const partial = (await replicas[0]!.api.history(token)).body.messages;
    expect(partial).toEqual([
      expect.objectContaining({ outcome: 'interrupted', response: stream.text, responded_at: null }),
    ]);
    const resumed = await EventReader.open(replicas[0]!.url, token, { lastEventId: seen.at(-1)!.id });
    await resumed.toEnd();
    expect(resumed.last.data.code).toBe('turn_interrupted');

    // Sent again it is answered anew, and nobody is shown two halves of two answers.
    const asked = model.requests.length;
    model.respondWith(answer('A whole new answer', { deltaDelayMs: 1 }));
    const again = await (await EventReader.open(replicas[0]!.url, token, { key: 'killed' })).toEnd();
    expectWholeStream(again);
    expect(again.at(-1)?.data).toMatchObject({ outcome: 'answered', response: 'A whole new answer' });
    expect(model.requests.length - asked).toBe(1);
    const stale = await EventReader.open(replicas[1]!.url, token, { lastEventId: seen[2]!.id });
    await stale.toEnd();
    expect(stale.events.map(({ data }) => data.code)).toEqual(['turn_restarted']);
    expect((await replicas[1]!.api.history(token)).body.messages).toEqual([
      expect.objectContaining({ outcome: 'answered', response: 'A whole new answer' }),
    ]);
    expect(await database.query('SELECT * FROM turn_deltas')).toEqual([]);
    model.respondWith(answer(STORY, { deltaDelayMs: 8 }));
  }, 60_000);
}

describe('Streams over two replicas that hear of each other through the database', () => {
  describeReplicas(() => Promise.resolve({}));
});

describeWithRedis('Streams over two replicas that hear of each other through Redis', () => {
  let redis: RedisServer;

  afterAll(() => redis.stop());

  describeReplicas(async () => {
    redis = await RedisServer.start();
    return { REDIS_URL: redis.url };
  });
});
