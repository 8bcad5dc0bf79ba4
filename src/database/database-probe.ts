import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { assertWritable } from './connection-pool.js';
import {
  DATABASE_CONNECTION,
  surviveBreaking,
  toPgOptions,
  type DatabaseConnection,
} from './database-connection.js';

/** Shorter than the usual time-out of a probe, so that the probe hears a reason and not silence. */
const PATIENCE_MS = 800;
/** When a connection on which nobody answers is given up, so that the next question meets a new one. */
const SILENCE_MS = 2_500;

/**
 * Asks whether the database answers, on a connection of its own: waiting for one of the pool's would ask how busy
 * the service is. Whoever asks while a question is open shares it, so a silent server piles nothing up.
 */
@Injectable()
export class DatabaseProbe implements OnApplicationShutdown {
  private readonly pool: Pool;
  private question: { readonly answer: Promise<boolean>; readonly askedAt: number } | undefined;

  constructor(@Inject(DATABASE_CONNECTION) connection: DatabaseConnection) {
    this.pool = new Pool({
      ...toPgOptions(connection),
      application_name: 'parley-probe',
      max: 1,
      keepAlive: true,
      connectionTimeoutMillis: SILENCE_MS,
      query_timeout: SILENCE_MS,
      onConnect: surviveBreaking,
    });
    // The next question opens a new one.
    this.pool.on('error', () => undefined);
  }

  /** Whether the database takes statements that write. */
  async answers(withinMs = PATIENCE_MS): Promise<boolean> {
    this.question ??= { answer: this.ask(), askedAt: performance.now() };
    const { answer, askedAt } = this.question;
    const patienceMs = askedAt + withinMs - performance.now();
    if (patienceMs <= 0) {
      return false;
    }
    const heard = new AbortController();
    const silence = delay(patienceMs, false, { signal: heard.signal }).catch(() => false);
    try {
      return await Promise.race([answer, silence]);
    } finally {
      heard.abort();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  private async ask(): Promise<boolean> {
    try {
      const client = await this.pool.connect();
      let isLost = true;
      try {
        await assertWritable(client);
        isLost = false;
        return true;
      } finally {
        client.release(isLost);
      }
    } catch {
      // Any failure to answer is the answer; its details belong to whoever needed the data.
      return false;
    } finally {
      this.question = undefined;
    }
  }
}
