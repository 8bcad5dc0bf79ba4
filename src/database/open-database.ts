import { StartError } from '../common/start-error.js';
import type { Configuration } from '../config/configuration.js';
import { createMigrationDataSource } from './data-source.js';
import type { DatabaseConnection } from './database-connection.js';
import { EmbeddedPostgresError } from './embedded/embedded-postgres.error.js';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { migrate } from './migrator.js';
import { migrateQueue } from './queue/queue-schema.js';

/** A database server the service can connect to, for as long as it runs. */
export interface OpenDatabase {
  readonly connection: DatabaseConnection;
  /** With the embedded server: resolves when it has ended, wanted or not. Never for one that is not ours. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/**
 * The database that the configuration names; without a DATABASE_URL the embedded PostgreSQL, started here.
 *
 * @throws {StartError} when the embedded one cannot be used.
 */
export async function openDatabase(
  configuration: Configuration,
  inform: (message: string) => void,
): Promise<OpenDatabase> {
  const { url, directUrl } = configuration.database;
  if (url !== undefined) {
    return {
      connection: { url, directUrl },
      ended: new Promise(() => undefined),
      close: () => Promise.resolve(),
    };
  }
  const server = await startEmbeddedPostgres({
    dataDirectory: configuration.dataDirectory,
    durability: 'durable',
    inform,
  }).catch((error: unknown) => {
    throw error instanceof EmbeddedPostgresError ? new StartError(error.message, { cause: error }) : error;
  });
  return { connection: server.connection, ended: server.ended, close: () => server.stop() };
}

/** Brings the schema of the service and that of its job queue up to date; safe to run many times at once. */
export async function migrateAll(
  connection: DatabaseConnection,
  settings: Configuration['database'],
  inform: (message: string) => void = () => undefined,
): Promise<string[]> {
  const dataSource = createMigrationDataSource(connection, settings);
  await dataSource.initialize();
  try {
    const applied = await migrate(dataSource, inform);
    await migrateQueue(connection);
    return applied;
  } finally {
    await dataSource.destroy();
  }
}
