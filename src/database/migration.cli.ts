import 'reflect-metadata';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tellStartFailure } from '../common/start-error.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { readEnvironment } from '../config/read-environment.js';
import type { Configuration } from '../config/configuration.js';
import { createMigrationDataSource } from './data-source.js';
import type { DatabaseConnection } from './database-connection.js';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { renderMigration } from './migration-template.js';
import { findSchemaDrift, migrate, revertLast } from './migrator.js';
import { migrateAll, openDatabase } from './open-database.js';
import type { DataSource } from 'typeorm';

const USAGE = `Usage: npm run migrate               apply what is missing
       npm run migration:revert      take back the newest migration
       npm run migration:check       on a throw-away database: up, down, up, and no drift from the entities
       npm run migration:generate -- <name>   write a migration for what the entities have changed
`;

const say = (message: string): void => void process.stdout.write(`${message}\n`);

async function main([command, name]: string[]): Promise<void> {
  const { configuration } = loadConfiguration(readEnvironment(process.cwd()), process.cwd(), false);
  if (command === 'generate' && name !== undefined) {
    await withScratchDatabase(configuration, (dataSource) => generate(dataSource, name));
    return;
  }
  switch (command) {
    case 'run':
      return run(configuration);
    case 'revert':
      return withConfiguredDatabase(configuration, (dataSource) => revertLast(dataSource, say));
    case 'check':
      return withScratchDatabase(configuration, check);
    default:
      process.stderr.write(USAGE);
      process.exitCode = 64;
  }
}

async function run(configuration: Configuration): Promise<void> {
  const database = await openDatabase(configuration, say);
  try {
    const applied = await migrateAll(database.connection, configuration.database, say);
    say(applied.length === 0 ? 'The schema is up to date.' : `Applied: ${applied.join(', ')}`);
  } finally {
    await database.close();
  }
}

async function withConfiguredDatabase(
  configuration: Configuration,
  work: (dataSource: DataSource) => Promise<void>,
): Promise<void> {
  const database = await openDatabase(configuration, say);
  try {
    await withDataSource(database.connection, configuration, work);
  } finally {
    await database.close();
  }
}

async function withScratchDatabase(
  configuration: Configuration,
  work: (dataSource: DataSource) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-scratch-'));
  // Run by root, the server is another user, who must get there.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    dataDirectory: folder,
    durability: 'disposable',
    inform: say,
  });
  try {
    await withDataSource(server.connection, configuration, work);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function withDataSource(
  connection: DatabaseConnection,
  configuration: Configuration,
  work: (dataSource: DataSource) => Promise<void>,
): Promise<void> {
  const dataSource = createMigrationDataSource(connection, configuration.database);
  await dataSource.initialize();
  try {
    await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function check(dataSource: DataSource): Promise<void> {
  const up = await migrate(dataSource);
  for (let count = 0; count < up.length; count += 1) {
    await revertLast(dataSource);
  }
  const again = await migrate(dataSource);
  const drift = await findSchemaDrift(dataSource);
  if (again.length !== up.length || drift.length > 0) {
    process.stderr.write(`The entities and the migrations differ:\n${drift.join(';\n')}\n`);
    process.exitCode = 1;
    return;
  }
  say(`Up, down and up again: ${up.length} migration(s). No drift.`);
}

async function generate(dataSource: DataSource, name: string): Promise<void> {
  await migrate(dataSource);
  const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
  if (upQueries.length === 0) {
    say('The entities and the migrations agree: nothing to generate.');
    return;
  }
  const { fileName, source } = renderMigration(name, Date.now(), upQueries, downQueries);
  await writeFile(join('migrations', fileName), source);
  say(`Wrote migrations/${fileName}. Read it, then add it to src/database/migrations.ts.`);
}

main(process.argv.slice(2)).catch(tellStartFailure);
