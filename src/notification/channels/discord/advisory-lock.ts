import { setInterval } from 'node:timers';
import { Client } from 'pg';
import {
  directConnection,
  toPgOptions,
  type DatabaseConnection,
} from '../../../database/database-connection.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** How often the holder makes sure that it still is one, and how long an answer may take. */
const CHECK_MS = 2_000;
/** So that the server notices within seconds that the holder's machine is gone, and lets go of the lock. */
const NOTICE_LOSS =
  'SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3';

/**
 * A lock of PostgreSQL's that lasts as long as a connection of its own: when the process dies, the server closes
 * the connection and the next one who asks has the lock.
 */
export class AdvisoryLock {
  /** Settles when the lock is no longer held, whatever the reason. */
  readonly ended: Promise<void>;
  private readonly checking: NodeJS.Timeout;

  private constructor(private readonly client: Client) {
    this.ended = new Promise((resolve) => client.once('end', resolve));
    this.checking = setInterval(() => {
      // Whoever does not answer in time is given up, which ends the connection.
      client.query('SELECT 1').catch(() => this.release());
    }, CHECK_MS);
    this.checking.unref();
  }

  /** @returns undefined when somebody else holds it. */
  static async tryToTake(connection: DatabaseConnection, key: number): Promise<AdvisoryLock | undefined> {
    const client = new Client({
      ...toPgOptions(directConnection(connection)),
      application_name: 'parley-gateway-lock',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CHECK_MS,
    });
    // Every failure also ends the connection or fails a query; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(NOTICE_LOSS);
      const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
        key,
      ]);
      if (rows[0]?.taken === true) {
        return new AdvisoryLock(client);
      }
    } catch (error) {
      await end(client);
      throw error;
    }
    await end(client);
    return undefined;
  }

  async release(): Promise<void> {
    clearInterval(this.checking);
    await end(this.client);
  }
}

/** A connection that is already broken has nothing to end. */
async function end(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}
