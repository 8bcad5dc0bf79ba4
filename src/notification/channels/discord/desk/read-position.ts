import { Logger } from '@nestjs/common';
import type { Database } from '../../../../database/database.js';
import { snowflakeAt } from '../snowflake.js';
import { INSERT_POSITION, SELECT_POSITION, STORE_POSITION } from './desk-statements.js';

const STORE_EVERY_MS = 1_000;

/** Something not yet done, because of which the position may not pass a certain message. */
export interface Mark {
  readonly after: bigint;
}

/**
 * Up to which message everything operators have written is dealt with, kept in the database for the replica that
 * holds the gateway next. It never says too much: it stays before whatever is still to be done.
 */
export class ReadPosition {
  private readonly logger = new Logger('DiscordDesk');
  private readonly marks = new Set<Mark>();
  private highest = 0n;
  private stored = 0n;
  private isOpen = false;
  private storing: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly channelId: string,
  ) {}

  /**
   * Where the last holder of the gateway got to; it is stored no further until `resume`.
   *
   * @returns undefined where there never was one: then there is nothing to make up for.
   */
  async load(): Promise<bigint | undefined> {
    this.isOpen = false;
    const [row] = await this.database.query<{ last_message_id: string }>(SELECT_POSITION, [this.channelId]);
    if (row !== undefined) {
      return BigInt(row.last_message_id);
    }
    await this.database.query(INSERT_POSITION, [this.channelId, String(snowflakeAt(Date.now()))]);
    return undefined;
  }

  resume(): void {
    this.isOpen = true;
  }

  /** There is a message with this id, and nothing to be done about it. */
  see(messageId: string): void {
    const id = BigInt(messageId);
    if (id > this.highest) {
      this.highest = id;
      this.storeSoon();
    }
  }

  /** Holds the position at `after` until the mark is removed. */
  mark(after: bigint): Mark {
    const mark = { after };
    this.marks.add(mark);
    return mark;
  }

  remove(mark: Mark): void {
    this.marks.delete(mark);
    this.storeSoon();
  }

  /** Stores where it has got to and forgets everything; another replica may go on from there. */
  async close(): Promise<void> {
    clearTimeout(this.storing);
    this.storing = undefined;
    await this.store();
    this.isOpen = false;
    this.marks.clear();
    this.highest = 0n;
    this.stored = 0n;
  }

  private get current(): bigint {
    let current = this.highest;
    for (const { after } of this.marks) {
      current = after < current ? after : current;
    }
    return current;
  }

  private storeSoon(): void {
    if (this.isOpen && this.storing === undefined) {
      this.storing = setTimeout(() => {
        this.storing = undefined;
        void this.store();
      }, STORE_EVERY_MS).unref();
    }
  }

  private async store(): Promise<void> {
    const { current } = this;
    if (!this.isOpen || current <= this.stored) {
      return;
    }
    try {
      await this.database.query(STORE_POSITION, [this.channelId, String(current)]);
      this.stored = current;
    } catch (error) {
      // Nothing is lost: the next holder reads again what was dealt with, and finds that it was.
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.warn({ msg: 'the position on Discord could not be stored', error_name: name });
      this.storeSoon();
    }
  }
}
