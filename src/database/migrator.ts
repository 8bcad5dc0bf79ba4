import type { DataSource } from 'typeorm';
import { untilLocked } from './lock-retries.js';
import { withMigrationLock } from './migration-lock.js';
import { migrations } from './migrations.js';

const TIMESTAMP_DIGITS = 13;

type Inform = (message: string) => void;

/**
 * Brings the schema up to date. Many processes may call it at once: one does the work under an advisory
 * lock while the others wait, then find nothing left to do.
 *
 * @returns the names of the migrations that this call applied.
 */
export async function migrate(dataSource: DataSource, inform: Inform = () => undefined): Promise<string[]> {
  return withMigrationLock(dataSource, inform, async () => {
    const before = await findApplied(dataSource);
    // A try that fails keeps the migrations it has finished.
    await untilLocked(inform, () => dataSource.runMigrations());
    return [...(await findApplied(dataSource))].filter((name) => !before.has(name));
  });
}

/** Takes back the newest migration; does nothing on an empty schema. */
export async function revertLast(dataSource: DataSource, inform: Inform = () => undefined): Promise<void> {
  await withMigrationLock(dataSource, inform, async () => {
    const newest = [...(await findApplied(dataSource))].at(-1);
    const migration = dataSource.migrations.find(({ name }) => name === newest);
    // On the way down TypeORM does not look at what the migration itself says.
    const transaction = migration?.transaction === false ? 'none' : 'each';
    await untilLocked(inform, () => dataSource.undoLastMigration({ transaction }));
  });
}

/**
 * Says why this build cannot work on the schema it finds, or nothing when it can. Migrations newer than this build
 * are none of its business: while a release is rolled out, or taken back, the release before works on their schema
 * (CONTRIBUTING.md, "A migration").
 */
export async function findSchemaMismatch(dataSource: DataSource): Promise<string | undefined> {
  const applied = await findApplied(dataSource);
  const known = migrations.map((migration) => migration.name);
  const missing = known.filter((name) => !applied.has(name));
  if (missing.length > 0) {
    return `migrations are missing: ${missing.join(', ')} (run "npm run migrate")`;
  }
  const newest = Math.max(...known.map(timestampOf));
  const foreign = [...applied].filter((name) => !known.includes(name) && !(timestampOf(name) > newest));
  return foreign.length > 0
    ? `the database has migrations of another line of development: ${foreign.join(', ')}`
    : undefined;
}

/** TypeORM ends the name of every migration with its time. */
function timestampOf(name: string): number {
  return Number(name.slice(-TIMESTAMP_DIGITS));
}

async function findApplied(dataSource: DataSource): Promise<Set<string>> {
  const table = dataSource.options.migrationsTableName as string;
  const [found] = await dataSource.query<{ present: boolean }[]>(
    'SELECT to_regclass($1) IS NOT NULL AS present',
    [table],
  );
  const rows =
    found?.present === true
      ? await dataSource.query<{ name: string }[]>(`SELECT name FROM ${table} ORDER BY id`)
      : [];
  return new Set(rows.map((row) => row.name));
}

/** Whether the entities and the migrated schema differ; asked of TypeORM's own schema builder. */
export async function findSchemaDrift(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
