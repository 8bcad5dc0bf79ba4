import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Client } from 'pg';
import { Drain } from '../common/http/drain.js';
import { assertWritable } from './connection-pool.js';
import {
  DATABASE_CONNECTION,
  directConnection,
  surviveBreaking,
  toPgOptions,
  type DatabaseConnection,
} from './database-connection.js';

const RECONNECT_DELAY_MS = 1_000;
/** How often the connection is tried out, and how long an answer may take. */
const CHECK_MS = 2_000;
const ANSWER_WITHIN_MS = 3_000;
const APPLICATION_NAME = 'parley-listener';

type Handler = (payload: string) => void;

/**
 * Hears what other replicas say with NOTIFY, on one connection of its own. Messages can be lost while it is
 * being connected again: whoever listens needs a way to find out what it missed.
 */
@Injectable()
export class DatabaseNotifications implements OnApplicationBootstrap {
  private readonly logger = new Logger(DatabaseNotifications.name);
  private readonly handlers = new Map<string, Handler>();
  private readonly stopping = new AbortController();
  private listening: Promise<void> = Promise.resolve();

  constructor(
    @Inject(DATABASE_CONNECTION) private readonly connection: DatabaseConnection,
    drain: Drain,
  ) {
    drain.join({ close: () => this.stop() });
  }

  /** Must be called while modules are initialised, before the connection is made. */
  listen(channel: string, handler: Handler): void {
    this.handlers.set(channel, handler);
  }

  onApplicationBootstrap(): void {
    if (this.handlers.size > 0) {
      this.listening = this.keepListening();
    }
  }

  /** Hears nothing from then on. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.listening;
  }

  private async keepListening(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const client = new Client({
        ...toPgOptions(directConnection(this.connection)),
        application_name: APPLICATION_NAME,
        keepAlive: true,
        connectionTimeoutMillis: ANSWER_WITHIN_MS,
        query_timeout: ANSWER_WITHIN_MS,
      });
      surviveBreaking(client);
      try {
        await this.listenWith(client);
      } catch (error) {
        const name = error instanceof Error ? error.name : typeof error;
        this.logger.debug({ msg: 'not listening to the database', error_name: name });
      }
      // Not `end`: a server that is silent would never say goodbye.
      client.connection.stream.destroy();
      await delay(RECONNECT_DELAY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Throws when the connection is of no use any more, or the service stops. */
  private async listenWith(client: Client): Promise<void> {
    const ended = new AbortController();
    client.once('end', () => ended.abort());
    client.on('notification', ({ channel, payload = '' }) => this.handlers.get(channel)?.(payload));
    await client.connect();
    for (const channel of this.handlers.keys()) {
      await client.query(`LISTEN ${channel}`);
    }
    const signal = AbortSignal.any([this.stopping.signal, ended.signal]);
    for (;;) {
      await delay(CHECK_MS, undefined, { signal });
      // Nobody speaks on this connection for hours: only a question shows whether anybody is still there, and
      // whether it is the server that the others write to.
      await assertWritable(client);
    }
  }
}
