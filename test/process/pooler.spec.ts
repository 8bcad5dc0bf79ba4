import type { ApiResponse, SentMessage } from '../support/api-client.js';
import { EventReader, expectWholeStream } from '../support/event-reader.js';
import { echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { describeWithPgBouncer, PgBouncer } from '../support/pg-bouncer.js';
import { freePort, ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

/** Fewer than the two services' pools together: connections really are lent from one to the other. */
const SERVER_CONNECTIONS = 4;
const TURNS = 60;
const AT_ONCE = 20;

describeWithPgBouncer('Two replicas behind a PgBouncer in transaction mode', () => {
  let database: TestDatabase;
  let pooler: PgBouncer;
  let model: ModelServer;

  beforeAll(async () => {
    database = await createTestDatabase();
    pooler = await PgBouncer.start(database.connection, SERVER_CONNECTIONS);
    model = await ModelServer.start();
  });

  afterAll(async () => {
    await model.close();
    await pooler.stop();
    await database.drop();
  });

  const settings = (): Record<string, string> => ({
    DATABASE_URL: pooler.databaseUrl,
    AI_MODELS: 'compatible:test',
    COMPATIBLE_BASE_URL: model.url,
    NOTIFICATION_LOG_ENABLED: 'true',
    LOG_LEVEL: 'info',
  });

  it('should serve whole conversations, streams and jobs when they know the way past it', async () => {
    const withDirectUrl = { ...settings(), DATABASE_DIRECT_URL: database.url };
    const [one, other] = await Promise.all([
      ServiceProcess.start(withDirectUrl),
      ServiceProcess.start(withDirectUrl),
    ]);
    try {
      const visitors = await Promise.all([
        one.api.signIn('a@example.com'),
        other.api.signIn('b@example.com'),
      ]);
      const answers: ApiResponse<SentMessage>[] = [];
      const send = (index: number): Promise<ApiResponse<SentMessage>> => {
        const visitor = index % 3 === 0 ? visitors[0] : visitors[1];
        return [one, other][index % 2]!.api.send(visitor.token, `turn ${index}`, `key-${index}`);
      };
      while (answers.length < TURNS) {
        const next = answers.length;
        answers.push(
          ...(await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => send(next + index)))),
        );
      }
      expect(answers.map(({ status, body }) => [status, body.response])).toEqual(
        Array.from({ length: TURNS }, (_, index) => [200, `echo: turn ${index}`]),
      );
      const { token } = await one.api.signIn('c@example.com');
      // A stream that runs on one replica and is read on the other needs LISTEN.
      model.respondWith(echo({ deltaDelayMs: 30 }));
      const first = await EventReader.open(one.url, token, {
        message: 'one two three four five',
        key: 'stream',
      });
      await first.until(({ data }) => data.type === 'delta');
      const second = await EventReader.open(other.url, token, {
        message: 'one two three four five',
        key: 'stream',
      });
      expectWholeStream(await second.toEnd());
      await first.toEnd();
      await until(() => (/"fact":"ReplyCompleted"/.test(one.stdout + other.stdout) ? true : undefined));
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
  }, 90_000);

  it('should not become ready on it alone, since it refuses the time-outs a session is opened with', async () => {
    const service = ServiceProcess.spawn({ ...settings(), PORT: String(await freePort()) });
    await service.saying(/the database cannot be used yet/);
    expect((await service.api.call('GET', '/readyz')).status).toBe(503);
    await service.kill();
  });
});
