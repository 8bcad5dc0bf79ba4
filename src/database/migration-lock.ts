import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';

/** Any constant: it only has to be the same for everyone who migrates a Parley database. */
const MIGRATION_LOCK = 7_405_110_923;
const POLL_MS = 250;

/**
 * Runs `work` while no other process does. Where it fails, the lock goes with the connection: whoever owns the
 * DataSource destroys it then.
 */
export async function withMigrationLock<T>(
  dataSource: DataSource,
  inform: (message: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const holder = dataSource.createQueryRunner();
  try {
    await holder.connect();
    if (!(await tryToLock(holder))) {
      // Waiting is legitimate, however long it takes.
      inform('another process is migrating; waiting until it is done');
      // Never inside pg_advisory_lock: a statement that waits is a snapshot that lives, and CREATE INDEX
      // CONCURRENTLY of the process that has the lock would wait for it, for ever.
      do {
        await delay(POLL_MS);
      } while (!(await tryToLock(holder)));
    }
    const result = await work();
    await holder.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    return result;
  } finally {
    await holder.release();
  }
}

async function tryToLock(holder: QueryRunner): Promise<boolean> {
  const rows = (await holder.query('SELECT pg_try_advisory_lock($1) AS locked', [MIGRATION_LOCK])) as {
    locked: boolean;
  }[];
  return rows[0]?.locked === true;
}
