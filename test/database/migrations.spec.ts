import { createMigrationDataSource } from '../../src/database/data-source.js';
import { findSchemaDrift, findSchemaMismatch, migrate, revertLast } from '../../src/database/migrator.js';
import { migrations } from '../../src/database/migrations.js';
import { testConfiguration } from '../support/test-configuration.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

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
