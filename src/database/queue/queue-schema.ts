import { PgBoss, type ConstructorOptions } from 'pg-boss';
import {
  directConnection,
  surviveBreaking,
  toPgOptions,
  type DatabaseConnection,
} from '../database-connection.js';

const QUEUE_SCHEMA = 'pgboss';
/** The worker, its maintenance and what sends outside a transaction; the listener holds one more. */
const QUEUE_POOL_SIZE = 3;
/** How long the server may be silent. Maintenance is the slowest of what the queue asks for. */
const ANSWER_WITHIN_MS = 15_000;
const CONNECT_WITHIN_MS = 5_000;
/** How often the listening connection is tried out, and how long an answer may take. */
const LISTENER_CHECK_MS = 2_000;
const LISTENER_ANSWER_WITHIN_MS = 3_000;
/** How often jobs are looked for whose process gives no sign of life any more. */
const MONITOR_SECONDS = 10;

/** pg-boss hands what it does not know on to its pool: without these a silent server would hold it for ever. */
const SILENCE_LIMITS = {
  connectionTimeoutMillis: CONNECT_WITHIN_MS,
  query_timeout: ANSWER_WITHIN_MS,
  keepAlive: true,
  onConnect: surviveBreaking,
};

/** A queue client for a running service: it never changes the schema. */
export function createQueueClient(connection: DatabaseConnection): PgBoss {
  return new PgBoss({
    ...queueOptions(connection),
    migrate: false,
    createSchema: false,
    useListenNotify: true,
    notifyHeartbeatIntervalMs: LISTENER_CHECK_MS,
    notifyHeartbeatTimeoutMs: LISTENER_ANSWER_WITHIN_MS,
    ...SILENCE_LIMITS,
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
  return {
    ...toPgOptions(directConnection(connection)),
    schema: QUEUE_SCHEMA,
    application_name: 'parley-queue',
  };
}
