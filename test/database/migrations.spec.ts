import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { createMigrationDataSource, dataSourceOptions } from '../../src/database/data-source.js';
import { findSchemaDrift, findSchemaMismatch, migrate, revertLast } from '../../src/database/migrator.js';
import { migrations } from '../../src/database/migrations.js';
import { Gate } from '../support/gate.js';
import { testConfiguration } from '../support/test-configuration.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

describe('Migrations', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
  });

  afterEach(() => database.drop());

  const open = async () => {
    const dataSource = createMigrationDataSource(database.connection, testConfiguration().database);
    await dataSource.initialize();
    return dataSource;
  };

  it('should go up, down to nothing and up again, without drift from the entities', async () => {
    const dataSource = await open();
    try {
      expect(await findSchemaMismatch(dataSource)).toContain('npm run migrate');
      expect(await migrate(dataSource)).toHaveLength(migrations.length);
      expect(await findSchemaMismatch(dataSource)).toBeUndefined();
      for (let count = 0; count < migrations.length; count += 1) {
        await revertLast(dataSource);
      }
      const tables = await database.query(
        `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'schema_migrations'`,
      );
      expect(tables).toEqual([]);
      await migrate(dataSource);
      expect(await findSchemaDrift(dataSource)).toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });

  it('should work on a schema that a later release has widened, and refuse one of another line', async () => {
    const dataSource = await open();
    const note = (name: string) =>
      dataSource.query('INSERT INTO schema_migrations (timestamp, name) VALUES (0, $1)', [name]);
    try {
      await migrate(dataSource);
      await note('OfTheNextRelease9999999999999');
      expect(await findSchemaMismatch(dataSource)).toBeUndefined();
      await note('OfSomebodyElse1000000000000');
      expect(await findSchemaMismatch(dataSource)).toMatch(/another line of development: OfSomebodyElse1/);
    } finally {
      await dataSource.destroy();
    }
  });

  it('should give way to traffic on a table that is in use, and try again', async () => {
    const dataSource = await open();
    const holder = await open();
    const reader = holder.createQueryRunner();
    try {
      await migrate(dataSource);
      const first = migrations.findIndex(({ name }) => name.startsWith('OperatorsDesk'));
      const names = migrations.slice(first).map(({ name }) => name);
      for (let count = 0; count < names.length; count += 1) {
        await revertLast(dataSource);
      }
      await reader.startTransaction();
      await reader.query('SELECT FROM sessions');
      const told: string[] = [];
      const gaveWay = new Gate();
      const migrating = migrate(dataSource, (message) => {
        told.push(message);
        gaveWay.open();
      });
      await gaveWay.opened;
      expect(told).toEqual([expect.stringMatching(/in use \(try 1 of/)]);
      // Nobody queues behind the try that was given up, although the first reader still reads.
      await holder.query('SELECT FROM sessions');
      await reader.commitTransaction();
      expect(await migrating).toEqual(names);
    } finally {
      await reader.release();
      await Promise.all([dataSource.destroy(), holder.destroy()]);
    }
  });

  it('should build an index concurrently while other processes wait to migrate', async () => {
    let othersWait: Promise<unknown> = Promise.resolve();
    let informed = '';
    const countAsking = async () => {
      const asking = await database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query_start > $1::timestamptz
            AND query LIKE '%advisory_lock%' AND query NOT LIKE '%pg_stat_activity%'`,
        [informed],
      );
      return asking.length;
    };
    class Concurrent1 implements MigrationInterface {
      name = 'Concurrent1795000000001';
      transaction = false;

      async up(queryRunner: QueryRunner): Promise<void> {
        await othersWait;
        // Each of the others is by now where it waits.
        await until(async () => (await countAsking()) === 2 || undefined);
        await queryRunner.query('CREATE INDEX CONCURRENTLY idx ON sessions (ip_address)');
      }

      async down(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query('DROP INDEX CONCURRENTLY idx');
      }
    }
    const template = await open();
    await migrate(template);
    await template.destroy();
    const { database: settings } = testConfiguration();
    const dataSources = await Promise.all(
      [1, 2, 3].map(() =>
        new DataSource({
          ...dataSourceOptions(database.connection, settings),
          migrations: [Concurrent1],
        }).initialize(),
      ),
    );
    const waiting = [new Gate(), new Gate()];
    othersWait = Promise.all(waiting.map(({ opened }) => opened)).then(async () => {
      const [row] = await database.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
      informed = row!.now;
    });
    try {
      const applied = await Promise.all(
        dataSources.map((dataSource) => migrate(dataSource, () => waiting.pop()?.open())),
      );
      expect(applied.flat()).toEqual(['Concurrent1795000000001']);
    } finally {
      await Promise.all(dataSources.map((dataSource) => dataSource.destroy()));
    }
  });

  it('should notice drift', async () => {
    const dataSource = await open();
    try {
      await migrate(dataSource);
      await dataSource.query('ALTER TABLE sessions ALTER COLUMN ip_address TYPE varchar(40)');
      expect(await findSchemaDrift(dataSource)).not.toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });

  it('should let one of many who migrate at once do the work', async () => {
    const dataSources = await Promise.all(Array.from({ length: 5 }, open));
    try {
      const applied = await Promise.all(dataSources.map((dataSource) => migrate(dataSource)));
      expect(applied.flat()).toHaveLength(migrations.length);
    } finally {
      await Promise.all(dataSources.map((dataSource) => dataSource.destroy()));
    }
  });

  it('should keep the names that others rely on', async () => {
    const dataSource = await open();
    try {
      await migrate(dataSource);
      const indexes = await database.query<{ indexname: string }>(
        `SELECT indexname FROM pg_indexes WHERE schemaname = 'public'`,
      );
      expect(indexes.map(({ indexname }) => indexname)).toEqual(
        expect.arrayContaining([
          'idx_session_active_expiry',
          'idx_session_email_active',
          'idx_message_session_type',
          'idx_message_session_time',
        ]),
      );
    } finally {
      await dataSource.destroy();
    }
  });
});
