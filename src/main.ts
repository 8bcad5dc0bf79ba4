import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { createApplication } from './application.js';
import { createPino } from './common/logging/pino-logger.js';
import { StartError, tellStartFailure } from './common/start-error.js';
import type { Configuration } from './config/configuration.js';
import { loadConfiguration } from './config/load-configuration.js';
import { readEnvironment } from './config/read-environment.js';
import { DatabaseLifecycle } from './database/database-lifecycle.js';
import { migrateAll, openDatabase, type OpenDatabase } from './database/open-database.js';
import { stopOnSignal } from './process/stop-on-signal.js';
import { whenParentEnds } from './process/when-parent-ends.js';
import { welcome } from './process/welcome.js';

const EXIT_FAILURE = 1;
/**
 * How many connections may wait to be taken. With Node's 511 a rush fills it, and whoever comes then, a probe too, is
 * not refused but tries again after one, three, seven seconds. The system may allow less (`net.core.somaxconn`).
 */
const CONNECTION_BACKLOG = 4_096;

async function main(): Promise<void> {
  const { configuration, warnings } = loadConfiguration(
    readEnvironment(process.cwd()),
    process.cwd(),
    process.stdout.isTTY,
  );
  const logger = await createPino(configuration.log);
  warnings.forEach((warning) => logger.warn(warning));

  const database = await openDatabase(configuration, (message) => logger.info(message));
  try {
    if (configuration.database.url === undefined) {
      // The embedded database has no other user who could bring it up to date.
      await migrateAll(database.connection, configuration.database);
    }
    await serve(configuration, database, logger);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function serve(configuration: Configuration, database: OpenDatabase, logger: Logger): Promise<void> {
  const app = await createApplication(configuration, database.connection, logger);
  const stop = stopOnSignal(app, database, logger, configuration.http);
  if (process.argv.includes('--stop-with-parent')) {
    whenParentEnds(() => stop('the process that started it has ended', 0));
  }
  void database.ended.then(() => stop('the embedded database has ended', EXIT_FAILURE));
  await listen(app, configuration);
  await app.get(DatabaseLifecycle).whenStarted();
  welcome(await app.getUrl(), configuration, logger);
}

async function listen(app: NestFastifyApplication, { http }: Configuration): Promise<void> {
  try {
    await app.listen({ port: http.port, host: http.host, backlog: CONNECTION_BACKLOG });
  } catch (error) {
    await app.close();
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new StartError(
        `port ${http.port} on ${http.host} is taken by another program; stop it, or set PORT to a free one`,
      );
    }
    throw error;
  }
}

main().catch(tellStartFailure);
