import { createQueueSender } from '../../src/database/queue/queue-schema.js';
import type { TestDatabase } from './test-database.js';
import { until } from './until.js';

/** Sends a job of a schedule, as its hour would, and waits until a running service has done it. */
export async function runJob(database: TestDatabase, queue: string): Promise<void> {
  const boss = createQueueSender(database.connection);
  await boss.start();
  try {
    // Nothing is sent while another one waits or runs: it may have begun before what the test has prepared.
    const id = await until(async () => (await boss.send(queue, {})) ?? undefined);
    const state = await until(async () => {
      const [job] = await database.query<{ state: string }>(`SELECT state FROM pgboss.job WHERE id = $1`, [
        id,
      ]);
      return job !== undefined && ['completed', 'failed'].includes(job.state) ? job.state : undefined;
    });
    if (state !== 'completed') {
      throw new Error(`a job of ${queue} has ${state}`);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}
