import type { DataSource } from 'typeorm';
import { migrations } from './migrations.js';

/** Any constant: it only has to be the same for everyone who migrates a Parley database. */
const MIGRATION_LOCK = 7_405_110_923;

/**
 * Brings the schema up to date. Many processes may call it at once: one does the work under an advisory
 * lock while the others wait, then find nothing left to do.
 *
 * @returns the names of the migrations that this call applied.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  return withMigrationLock(dataSource, async () => {
    const applied = await dataSource.runMigrations();
    return applied.map((migration) => migration.name);
  });
}

/** Takes back the newest migration; does nothing on an empty schema. */
export async function revertLast(dataSource: DataSource): Promise<void> {
  await withMigrationLock(dataSource, () => dataSource.undoLastMigration());
}

/** Says why this build cannot work on the schema it finds, or nothing when it can. */
export async function findSchemaMismatch(dataSource: DataSource): Promise<string | undefined> {
  const table = dataSource.options.migrationsTableName as string;
  const [found] = await dataSource.query<{ present: boolean }[]>(
    'SELECT to_regclass($1) IS NOT NULL AS present',
    [table],
  );
  const rows =
    found?.present === true ? await dataSource.query<{ name: string }[]>(`SELECT name FROM ${table}`) : [];
  const applied = new Set(rows.map((row) => row.name));
  const known = migrations.map((migration) => migration.name);
  const missing = known.filter((name) => !applied.has(name));
  const unknown = [...applied].filter((name) => !known.includes(name));
  if (missing.length > 0) {
    return `migrations are missing: ${missing.join(', ')} (run "npm run migrate")`;
  }
  return unknown.length > 0
    ? `the database has migrations this build does not know: ${unknown.join(', ')}`
    : undefined;
}

/** Whether the entities and the migrated schema differ; asked of TypeORM's own schema builder. */
export async function findSchemaDrift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

/**
 * Where `work` fails, the lock goes with the connection: whoever owns the DataSource destroys it then.
 */
async function withMigrationLock<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  const holder = dataSource.createQueryRunner();
  try {
    await holder.connect();
    // Waiting for another process that migrates is legitimate, however long it takes.
    await holder.query('SET lock_timeout = 0');
    await holder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const result = await work();
    await holder.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await holder.query('RESET lock_timeout');
    return result;
  } finally {
    await holder.release();
  }
}
