import { Database } from '../../src/database/database.js';
import { createDataSource } from '../../src/database/data-source.js';
import { JobQueue } from '../../src/database/queue/job-queue.js';
import { createQueueClient } from '../../src/database/queue/queue-schema.js';
import { testConfiguration } from '../support/test-configuration.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { Gate } from '../support/gate.js';

interface Step {
  readonly key: string;
  readonly step: number;
}

describe('JobQueue', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database.drop());

  it('should refuse to send before it has started', async () => {
    const transaction = { query: () => Promise.resolve([]), enlist: () => undefined };
    await expect(new JobQueue().send(transaction, 'steps', {}, 'key')).rejects.toMatchObject({
      code: 'service_unavailable',
    });
  });

  it('should keep the order of one key through a failure that costs no other key a try', async () => {
    const dataSource = createDataSource(database.connection, testConfiguration().database);
    await dataSource.initialize();
    const runner = new Database(dataSource);
    runner.open();
    const jobs = new JobQueue();
    const done: string[] = [];
    const finished = new Gate();
    let failures = 0;
    jobs.register<Step>({
      queue: 'steps',
      handle: ({ key, step }) => {
        if (key === 'a' && step === 1 && failures === 0) {
          failures += 1;
          return Promise.reject(new Error('the first try fails'));
        }
        done.push(`${key}${step}`);
        if (done.length === 6) {
          finished.open();
        }
        return Promise.resolve();
      },
    });
    await jobs.start(createQueueClient(database.connection));
    try {
      for (const step of [1, 2, 3]) {
        for (const key of ['a', 'b']) {
          await runner.transaction(async (transaction) => {
            await transaction.query('SELECT 1');
            await jobs.send(transaction, 'steps', { key, step }, key);
          });
        }
      }
      await finished.opened;
      expect(failures).toBe(1);
      expect(done.filter((each) => each.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
      expect(done.filter((each) => each.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
    } finally {
      // Lets the worker mark what it has run.
      await jobs.stop();
      await dataSource.destroy();
    }
    const tries = await database.query(
      `SELECT singleton_key AS key, max(retry_count)::int AS retries FROM pgboss.job
        WHERE name = 'steps' GROUP BY singleton_key ORDER BY singleton_key`,
    );
    expect(tries).toEqual([
      { key: 'a', retries: 1 },
      { key: 'b', retries: 0 },
    ]);
  }, 60_000);
});
