import { Client } from 'pg';
import {
  directConnection,
  toPgOptions,
  type DatabaseConnection,
} from '../../database/database-connection.js';
import { createQueueSender } from '../../database/queue/queue-schema.js';
import { notificationQueue } from './deliver-notifications.job.js';

export interface NotificationCount {
  readonly channel: string;
  /** Undefined: they wait to be delivered. */
  readonly failure: string | undefined;
  readonly count: number;
}

/**
 * What has not been delivered, from outside of a running service: an operator looks at it, has it tried again or
 * throws it away.
 */
export class FailedNotifications {
  private constructor(
    private readonly connection: DatabaseConnection,
    private readonly client: Client,
  ) {}

  static async open(connection: DatabaseConnection): Promise<FailedNotifications> {
    const client = new Client(toPgOptions(directConnection(connection)));
    await client.connect();
    return new FailedNotifications(connection, client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  async count(): Promise<NotificationCount[]> {
    const { rows } = await this.client.query<{ channel: string; failure: string | null; count: number }>(
      `SELECT channel, failure, count(*)::integer AS count FROM notifications
        GROUP BY channel, failure ORDER BY channel, failure NULLS FIRST`,
    );
    return rows.map(({ failure, ...row }) => ({ ...row, failure: failure ?? undefined }));
  }

  /**
   * Lets a channel, or all of them, try again whatever it has not delivered; a service does so at once.
   *
   * @returns how many had failed for good.
   */
  async retry(channel?: string): Promise<number> {
    const boss = createQueueSender(this.connection);
    await boss.start();
    await this.client.query('BEGIN');
    try {
      // One attempt stays on the count: it may have got through.
      const { rowCount } = await this.client.query(
        `UPDATE notifications SET failed_at = NULL, failure = NULL, not_before = NULL, attempts = least(attempts, 1)
          WHERE failed_at IS NOT NULL AND ($1::text IS NULL OR channel = $1)`,
        [channel],
      );
      for (const { queue, session } of await this.undelivered(channel)) {
        await boss.send(queue, { sessionId: session }, { singletonKey: session, db: this.transaction() });
      }
      await this.client.query('COMMIT');
      return rowCount ?? 0;
    } catch (error) {
      await this.client.query('ROLLBACK');
      throw error;
    } finally {
      await boss.stop({ graceful: false });
    }
  }

  /** Forgets what a channel has not been told, for one that is no longer in use. @returns how many there were. */
  async discard(channel: string): Promise<number> {
    const { rowCount } = await this.client.query(`DELETE FROM notifications WHERE channel = $1`, [channel]);
    return rowCount ?? 0;
  }

  private async undelivered(channel: string | undefined): Promise<{ queue: string; session: string }[]> {
    const { rows } = await this.client.query<{ channel: string; session_id: string }>(
      `SELECT DISTINCT channel, session_id FROM notifications
        WHERE failed_at IS NULL AND ($1::text IS NULL OR channel = $1)`,
      [channel],
    );
    const found = rows.map((row) => ({ queue: notificationQueue(row.channel), session: row.session_id }));
    // A job that the queue itself has given up keeps its session's later ones from running.
    await this.client.query(`DELETE FROM pgboss.job WHERE name = ANY($1) AND state = 'failed'`, [
      [...new Set(found.map(({ queue }) => queue))],
    ]);
    return found;
  }

  private transaction(): { executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> } {
    return { executeSql: (text, values) => this.client.query(text, values) };
  }
}
