import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../../common/redis/redis-connection.js';
import { Database } from '../../database/database.js';
import { APPEND_DELTAS } from './delta-statements.js';
import { TURN_CHANNEL } from './turn-signals.js';

export interface Delta {
  readonly turnId: string;
  readonly attempt: number;
  readonly sequence: number;
  readonly text: string;
}

/** `overtaken`: the turn has ended or belongs to another attempt, and nothing was stored. */
export type AppendResult = 'stored' | 'overtaken' | 'cancel_requested';

interface Waiting {
  readonly delta: Delta;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

interface AppendedRow {
  readonly turn_id: string;
  readonly attempt: number;
  readonly cancel_requested: boolean;
}

/** A NOTIFY holds 8,000 bytes, and an id at most 32 and a comma. */
const MAX_BATCH = 200;
/** Between the starts of two writes: however many turns stream, the database sees so many statements a second. */
const WRITE_INTERVAL_MS = 25;

/**
 * Stores deltas, those of all turns of this process together: while one write is under way, what arrives is
 * collected for the next. Each delta is stored before it is shown to anybody.
 */
@Injectable()
export class DeltaJournal {
  private readonly waiting: Waiting[] = [];
  private isWriting = false;

  constructor(
    private readonly database: Database,
    private readonly redis: RedisConnection,
  ) {}

  /** @throws whatever kept the database from storing it; it may be appended again, with the same text. */
  append(delta: Delta): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ delta, resolve, reject });
      if (!this.isWriting) {
        void this.write();
      }
    });
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    // Lets the turns that were woken by the same event join the first write.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MAX_BATCH);
      const pause = this.waiting.length > 0 ? undefined : delay(WRITE_INTERVAL_MS);
      await this.writeBatch(batch);
      await pause;
    }
    this.isWriting = false;
  }

  private async writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = await this.store(batch.map(({ delta }) => delta));
      const accepted = new Map(rows.map((row) => [`${row.turn_id}:${row.attempt}`, row]));
      for (const { delta, resolve } of batch) {
        const row = accepted.get(`${delta.turnId}:${delta.attempt}`);
        if (row === undefined) {
          resolve('overtaken');
        } else {
          resolve(row.cancel_requested ? 'cancel_requested' : 'stored');
        }
      }
    } catch (error) {
      for (const { reject } of batch) {
        reject(error);
      }
    }
  }

  /** Other replicas hear of it through Redis where there is one, otherwise through the database. */
  private async store(deltas: readonly Delta[]): Promise<AppendedRow[]> {
    const byRedis = this.redis.state === 'connected';
    const rows = await this.database.query<AppendedRow>(APPEND_DELTAS, [
      deltas.map(({ turnId }) => turnId),
      deltas.map(({ attempt }) => attempt),
      deltas.map(({ sequence }) => sequence),
      deltas.map(({ text }) => text),
      !byRedis,
    ]);
    if (byRedis && rows.length > 0) {
      const ids = [...new Set(rows.map(({ turn_id }) => turn_id))];
      await this.redis.use(
        (client) => client.publish(TURN_CHANNEL, `turn:${ids.join(',')}`),
        () => undefined,
      );
    }
    return rows;
  }
}
