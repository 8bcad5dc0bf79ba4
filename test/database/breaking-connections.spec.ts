import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source.js';
import { DatabaseProbe } from '../../src/database/database-probe.js';
import { Database } from '../../src/database/database.js';
import { testConfiguration } from '../support/test-configuration.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** An event or a rejection that nobody hears ends the process of a service; Jest makes it fail the test. */
describe('A database whose connections break', () => {
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

  const terminateOthers = (): Promise<object[]> =>
    database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'parley' AND pid <> pg_backend_pid()`,
    );
  const works = (): Promise<{ one: number }[]> => runner.query('SELECT 1 AS one');

  it('should survive the end of a connection that a transaction holds and does not use', async () => {
    const transaction = runner.transaction(async (held) => {
      await held.query('SELECT 1');
      await terminateOthers();
      // The server's word arrives while nothing is asked of it.
      await delay(100);
      await held.query('SELECT 2');
    });
    await expect(transaction).rejects.toMatchObject({ code: 'service_unavailable' });
    expect(await works()).toEqual([{ one: 1 }]);
  });

  it('should survive a COMMIT that fails together with what was enlisted', async () => {
    const transaction = runner.transaction(async (held) => {
      await held.query('SELECT 1');
      await terminateOthers();
      await delay(100);
      held.enlist('SELECT 2');
    });
    await expect(transaction).rejects.toMatchObject({ code: 'service_unavailable' });
    // A rejection counts as unhandled after the current turn of the event loop.
    await delay(20);
    expect(await works()).toEqual([{ one: 1 }]);
  });

  it('should let go of every connection that leads to a server that only reads', async () => {
    const pids = async (count: number): Promise<number[]> => {
      const rows = await Promise.all(
        Array.from({ length: count }, () =>
          runner.query<{ pid: number }>('SELECT pg_backend_pid() AS pid, pg_sleep(0.05)'),
        ),
      );
      return rows.flatMap((row) => row.map(({ pid }) => pid));
    };
    const before = new Set(await pids(5));
    await expect(
      runner.transaction(async (held) => {
        await held.query('SET TRANSACTION READ ONLY');
        await held.query('CREATE TABLE never (id int)');
      }),
    ).rejects.toMatchObject({ code: 'service_unavailable' });
    const after = await pids(5);
    expect(after.filter((pid) => before.has(pid))).toEqual([]);
  });

  it('should keep a connection after an error that is not its own', async () => {
    const pid = async (): Promise<number | undefined> =>
      (await runner.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]?.pid;
    const before = await pid();
    await expect(runner.query('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
    expect(await pid()).toBe(before);
  });
});
