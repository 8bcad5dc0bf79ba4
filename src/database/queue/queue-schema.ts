import { PgBoss, type ConstructorOptions } from 'pg-boss';
import { toPgOptions, type DatabaseConnection } from '../database-connection.js';

const QUEUE_SCHEMA = 'pgboss';
/** The worker, its maintenance and what sends outside a transaction; the listener holds one more. */
const QUEUE_POOL_SIZE = 3;
/** How often jobs are looked for whose process gives no sign of life any more. */
const MONITOR_SECONDS = 10;

/** A queue client for a running service: it never changes the schema. */
export function createQueueClient(connection: DatabaseConnection): PgBoss {
  return new PgBoss({
    ...queueOptions(connection),
    migrate: false,
    createSchema: false,
    useListenNotify: true,
    max: QUEUE_POOL_SIZE,
    superviseIntervalSeconds: MONITOR_SECONDS,
    monitorIntervalSeconds: MONITOR_SECONDS,
  });
}

/** A queue client for a command that only sends. */
export function createQueueSender(connection: DatabaseConnection): PgBoss {
  return new PgBoss({
    ...queueOptions(connection),
    migrate: false,
    createSchema: false,
    supervise: false,
    schedule: false,
    max: 1,
  });
}

/** Creates or updates the queue's schema; pg-boss takes its own advisory lock for it. */
export async function migrateQueue(connection: DatabaseConnection): Promise<void> {
  const boss = new PgBoss({ ...queueOptions(connection), supervise: false, schedule: false, max: 1 });
  const failures: Error[] = [];
  boss.on('error', (error) => failures.push(error));
  await boss.start();
  await boss.stop({ graceful: false });
  const [failure] = failures;
  if (failure !== undefined) {
    throw failure;
  }
}

function queueOptions(connection: DatabaseConnection): ConstructorOptions {
  return { ...toPgOptions(connection), schema: QUEUE_SCHEMA, application_name: 'parley-queue' };
}
