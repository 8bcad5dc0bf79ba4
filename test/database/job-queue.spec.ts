import { once } from 'node:events';
import type { DataSource } from 'typeorm';
import { Database } from '../../src/database/database.js';
import { DatabaseProbe } from '../../src/database/database-probe.js';
import { createDataSource } from '../../src/database/data-source.js';
import { JobQueue, type JobRun } from '../../src/database/queue/job-queue.js';
import { createQueueClient, createQueueSender } from '../../src/database/queue/queue-schema.js';
import { testConfiguration } from '../support/test-configuration.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { Gate } from '../support/gate.js';

interface Step {
  readonly key: string;
  readonly step: number;
}

describe('JobQueue', () => {
  let database: TestDatabase;

  let dataSource: DataSource;
  let probe: DatabaseProbe;
  let runner: Database;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = createDataSource(database.connection, testConfiguration().database);
    await dataSource.initialize();
    probe = new DatabaseProbe(database.connection);
    runner = new Database(dataSource, database.connection, probe);
    runner.open();
  });

  afterAll(async () => {
    await probe.onApplicationShutdown();
    await dataSource.destroy();
    await database.drop();
  });

  it('should refuse to send before it has started', async () => {
    const transaction = { query: () => Promise.resolve([]), enlist: () => undefined };
    await expect(new JobQueue().send(transaction, 'steps', {}, 'key')).rejects.toMatchObject({
      code: 'service_unavailable',
    });
  });

  it('should keep the order of one key while it is slow and fails, and let other keys go on', async () => {
    const jobs = new JobQueue();
    const done: string[] = [];
    const finished = new Gate();
    const othersAreDone = new Gate();
    let failures = 0;
    jobs.register<Step>({
      queue: 'steps',
      handle: async ({ key, step }) => {
        if (key === 'a' && step === 1 && failures === 0) {
          failures += 1;
          // Were the other key held up, this would wait for ever.
          await othersAreDone.opened;
          throw new Error('the first try fails');
        }
        done.push(`${key}${step}`);
        if (done.at(-1) === 'b3') {
          othersAreDone.open();
        }
        if (done.length === 6) {
          finished.open();
        }
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
      expect(done).toEqual(['b1', 'b2', 'b3', 'a1', 'a2', 'a3']);
    } finally {
      // Lets the worker mark what it has run.
      await jobs.stop();
    }
    const tries = await database.query(
      `SELECT singleton_key AS key, max(retry_count)::int AS retries FROM pgboss.job
        WHERE name = 'steps' GROUP BY singleton_key ORDER BY singleton_key`,
    );
    expect(tries).toEqual([
      { key: 'a', retries: 1 },
      { key: 'b', retries: 0 },
    ]);
  });

  it('should run a job once more when it asks for that, without counting it as a failure', async () => {
    const jobs = new JobQueue();
    const runs: boolean[] = [];
    const finished = new Gate();
    jobs.register<{ greeting: string }>({
      queue: 'again',
      handle: ({ greeting }, { isRetried }) => {
        expect(greeting).toBe('hello');
        runs.push(isRetried);
        if (runs.length < 3) {
          return Promise.resolve({ againAfterMs: 100 });
        }
        finished.open();
        return Promise.resolve(undefined);
      },
    });
    await jobs.start(createQueueClient(database.connection));
    try {
      await runner.transaction(async (transaction) => {
        await transaction.query('SELECT 1');
        await jobs.send(transaction, 'again', { greeting: 'hello' }, 'key');
      });
      await finished.opened;
    } finally {
      await jobs.stop();
    }
    expect(runs).toEqual([false, false, false]);
    const states = await database.query(
      `SELECT state, retry_count AS retries, singleton_key AS key FROM pgboss.job WHERE name = 'again'`,
    );
    expect(states).toEqual(Array(3).fill({ state: 'completed', retries: 0, key: 'key' }));
  });

  it('should take up a job at once when the one before it is done, not when it next looks', async () => {
    const jobs = new JobQueue();
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const done: number[] = [];
    const finished = new Gate();
    jobs.register<{ number: number }>({
      queue: 'line',
      handle: ({ number }) => {
        done.push(number);
        if (done.length === numbers.length) {
          finished.open();
        }
        return Promise.resolve();
      },
    });
    await jobs.start(createQueueClient(database.connection));
    try {
      for (const number of numbers) {
        await runner.transaction(async (transaction) => {
          await transaction.query('SELECT 1');
          await jobs.send(transaction, 'line', { number }, 'one key');
        });
      }
      // Found by the backstop alone they would take several times the test's own time-out.
      await finished.opened;
      expect(done).toEqual(numbers);
    } finally {
      await jobs.stop();
    }
  });

  describe('with a schedule', () => {
    const scheduled = (handle: (run: JobRun) => Promise<void>): JobQueue => {
      const jobs = new JobQueue();
      jobs.register({ queue: 'scheduled', schedule: '* * * * *', handle: (_data, run) => handle(run) });
      return jobs;
    };
    const send = async (): Promise<string | null> => {
      const sender = createQueueSender(database.connection);
      await sender.start();
      const id = await sender.send('scheduled', {});
      await sender.stop({ graceful: false });
      return id;
    };

    it('should send a job by itself, and once for all replicas', async () => {
      const first = scheduled(() => Promise.resolve());
      await first.start(createQueueClient(database.connection));
      await first.stop();
      // Whoever starts next looks at once for what has come due in the last minute.
      await database.query('UPDATE pgboss.version SET cron_on = NULL');
      const ran = new Gate();
      let runs = 0;
      const replicas = [1, 2].map(() =>
        scheduled(() => {
          runs += 1;
          ran.open();
          return Promise.resolve();
        }),
      );
      await Promise.all(replicas.map((jobs) => jobs.start(createQueueClient(database.connection))));
      await ran.opened;
      await Promise.all(replicas.map((jobs) => jobs.stop()));
      expect(runs).toBe(1);
      expect(await database.query(`SELECT name, cron FROM pgboss.schedule`)).toEqual([
        { name: 'scheduled', cron: '* * * * *' },
      ]);
      const jobs = await database.query(`SELECT state FROM pgboss.job WHERE name = 'scheduled'`);
      expect(jobs).toEqual([{ state: 'completed' }]);
    });

    it('should not send another one while one runs, and tell it when the service stops', async () => {
      const begun = new Gate();
      const jobs = scheduled(async ({ signal }) => {
        begun.open();
        await once(signal, 'abort');
      });
      await jobs.start(createQueueClient(database.connection));
      const id = await send();
      await begun.opened;
      expect(await send()).toBeNull();
      await jobs.stop();
      const done = await database.query(`SELECT state FROM pgboss.job WHERE id = $1`, [id]);
      expect(done).toEqual([{ state: 'completed' }]);
      expect(await send()).not.toBeNull();
    });
  });
});
