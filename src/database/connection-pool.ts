import type { Pool, PoolClient } from 'pg';
import { isReadOnly, losesConnection, ReadOnlyServer, SilentServer } from './database-failure.js';

/**
 * The DataSource's pool, without connections that are of no use any more. pg-pool sorts out those that have
 * ended; one that leads to a server which only reads, as after a fail-over, looks as good as ever.
 */
export class ConnectionPool {
  private generation = 0;
  /** Those made before the last fail-over are of an older generation. */
  private readonly generations = new WeakMap<PoolClient, number>();

  constructor(
    private readonly pool: Pool,
    private readonly isAnswering: () => Promise<boolean>,
  ) {
    pool.on('connect', (client) => this.generations.set(client, this.generation));
  }

  /**
   * Lends a connection to `work`. It is not used again when `work` asks for that with `discard`, or throws what
   * only a lost connection brings.
   */
  async use<T>(work: (client: PoolClient, discard: () => void) => Promise<T>): Promise<T> {
    const client = await this.take();
    let isLost = false;
    try {
      return await work(client, () => {
        isLost = true;
      });
    } catch (error) {
      isLost ||= losesConnection(error);
      this.generation += isReadOnly(error) ? 1 : 0;
      throw error;
    } finally {
      client.release(isLost);
    }
  }

  private get isUsedUp(): boolean {
    const { idleCount, totalCount, waitingCount, options } = this.pool;
    return waitingCount > 0 || (idleCount === 0 && totalCount >= options.max);
  }

  private async take(): Promise<PoolClient> {
    for (;;) {
      // Who would have to wait for a connection waits for nothing when the server is silent.
      if (this.isUsedUp && !(await this.isAnswering())) {
        throw new SilentServer();
      }
      const client = await this.pool.connect();
      // The one that TypeORM has opened before this pool was there is of the first generation.
      if ((this.generations.get(client) ?? 0) === this.generation) {
        return client;
      }
      client.release(true);
    }
  }
}

/** One round trip that proves more than that a server is there. */
export async function assertWritable(client: Pick<PoolClient, 'query'>): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
  if (rows[0]?.transaction_read_only === 'on') {
    throw new ReadOnlyServer();
  }
}
