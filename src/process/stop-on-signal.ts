import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { OpenDatabase } from '../database/open-database.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

type Stop = (reason: string, exitCode: number) => void;

/**
 * Ends the service in order when a signal asks for it: answer what is in flight, finish running turns,
 * close the queue and the pool, stop the embedded database, exit. A second signal, or the end of the grace
 * period, exits at once; whatever was acknowledged is in the database by then.
 */
export function stopOnSignal(
  app: NestFastifyApplication,
  database: OpenDatabase,
  logger: Logger,
  graceMs: number,
): Stop {
  let isStopping = false;
  const stop: Stop = (reason, exitCode) => {
    if (isStopping) {
      return;
    }
    isStopping = true;
    logger.info(`stopping: ${reason}`);
    setTimeout(() => {
      logger.error('the grace period is over; exiting with work in flight');
      process.exit(1);
    }, graceMs).unref();
    closeAll(app, database)
      .then(() => {
        logger.info('stopped');
        process.exit(exitCode);
      })
      .catch((error: unknown) => {
        logger.error({ msg: 'the stop was not clean', err: error });
        process.exit(1);
      });
  };
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => (isStopping ? process.exit(1) : stop(signal, 0)));
  }
  return stop;
}

async function closeAll(app: NestFastifyApplication, database: OpenDatabase): Promise<void> {
  await app.close();
  await database.close();
}
