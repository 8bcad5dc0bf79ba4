import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Client } from 'pg';
import { DATABASE_CONNECTION, toPgOptions, type DatabaseConnection } from './database-connection.js';

const RECONNECT_DELAY_MS = 1_000;
const APPLICATION_NAME = 'parley-listener';

type Handler = (payload: string) => void;

/**
 * Hears what other replicas say with NOTIFY, on one connection of its own. Messages can be lost while it is
 * being connected again: whoever listens needs a way to find out what it missed.
 */
@Injectable()
export class DatabaseNotifications implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseNotifications.name);
  private readonly handlers = new Map<string, Handler>();
  private readonly stopping = new AbortController();
  private listening: Promise<void> = Promise.resolve();
  private client: Client | undefined;

  constructor(@Inject(DATABASE_CONNECTION) private readonly connection: DatabaseConnection) {}

  /** Must be called while modules are initialised, before the connection is made. */
  listen(channel: string, handler: Handler): void {
    this.handlers.set(channel, handler);
  }

  onApplicationBootstrap(): void {
    if (this.handlers.size > 0) {
      this.listening = this.keepListening();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.client?.end();
    await this.listening;
  }

  private async keepListening(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const client = new Client({
        ...toPgOptions(this.connection),
        application_name: APPLICATION_NAME,
        keepAlive: true,
      });
      this.client = client;
      const ended = new Promise<void>((resolve) => {
        client.once('end', resolve);
        client.once('error', () => resolve());
      });
      try {
        await this.connect(client);
        await ended;
      } catch (error) {
        const name = error instanceof Error ? error.name : typeof error;
        this.logger.debug({ msg: 'not listening to the database', error_name: name });
      }
      await client.end().catch(() => undefined);
      await delay(RECONNECT_DELAY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async connect(client: Client): Promise<void> {
    client.on('notification', ({ channel, payload = '' }) => this.handlers.get(channel)?.(payload));
    await client.connect();
    for (const channel of this.handlers.keys()) {
      await client.query(`LISTEN ${channel}`);
    }
  }
}
