import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { Drain } from '../common/http/drain.js';
import type { Configuration } from '../config/configuration.js';
import type { OpenDatabase } from '../database/open-database.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

type Stop = (reason: string, exitCode: number) => void;

/**
 * Ends the service in order when a signal asks for it: `Drain`, then the embedded database, then the exit. A
 * second signal, or the end of the grace period, which begins after the delay, exits at once; whatever was
 * acknowledged is in the database by then.
 */
export function stopOnSignal(
  app: NestFastifyApplication,
  database: OpenDatabase,
  logger: Logger,
  { shutdownDelayMs, shutdownGraceMs }: Configuration['http'],
): Stop {
  let isStopping = false;
  const stop: Stop = (reason, exitCode) => {
    if (isStopping) {
      return;
    }
    isStopping = true;
    app.get(Drain).announce();
    logger.info(`stopping: ${reason}`);
    setTimeout(() => {
      logger.error('the grace period is over; exiting with work in flight');
      process.exit(1);
    }, shutdownDelayMs + shutdownGraceMs).unref();
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
