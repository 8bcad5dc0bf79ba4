import { createHash } from 'node:crypto';
import type { Database } from '../../../database/database.js';
import type { Statement } from '../../../database/statement.js';
import { DeliveryPostponed } from '../../delivery/delivery-errors.js';
import type { Notification } from '../../notification.js';
import { DiscordFailure, type DiscordApi } from './discord-api.js';
import { DISCORD_CODE } from './discord-error.js';
import { sessionEmbed, threadName } from './embeds.js';
import { snowflakeAt } from './snowflake.js';

const ARCHIVE_AFTER_MINUTES = 24 * 60;
/** By how much Discord's clock may be behind ours. */
const CLOCK_MARGIN_MS = 60_000;
/** After how many refusals in a row the wait is no longer spread further: up to eleven times as long. */
const MAX_CROWD = 50;
const CROWD_PER_WINDOW = 5;

const SELECT_THREAD: Statement = {
  name: 'select-discord-thread',
  text: `SELECT discord_thread_id FROM sessions WHERE id = $1`,
};
const STORE_THREAD: Statement = {
  name: 'store-discord-thread',
  text: `UPDATE sessions SET discord_thread_id = $2 WHERE id = $1`,
};

/** The thread of each session: found in the database, or opened in the channel. */
export class SessionThreads {
  /** How many sessions were turned away from the one channel since one got in. */
  private crowd = 0;

  constructor(
    private readonly api: DiscordApi,
    private readonly database: Database,
    private readonly channelId: string,
    private readonly showPersonalData: boolean,
  ) {}

  async find(sessionId: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ discord_thread_id: string | null }>(SELECT_THREAD, [sessionId]);
    return row?.discord_thread_id ?? undefined;
  }

  /**
   * Opens a thread, in place of one that was deleted if there was one. Each step can be repeated after a crash:
   * the message has a nonce and can be found again, and a thread has the id of its message.
   */
  async open(notification: Notification, inPlaceOf?: string): Promise<string> {
    try {
      const threadId = await this.openInChannel(notification, inPlaceOf);
      this.crowd = 0;
      await this.database.query(STORE_THREAD, [notification.sessionId, threadId]);
      return threadId;
    } catch (error) {
      throw this.spread(error);
    }
  }

  private async openInChannel(notification: Notification, inPlaceOf: string | undefined): Promise<string> {
    const messageId =
      (notification.mayBeDelivered ? await this.findMessage(notification, inPlaceOf) : undefined) ??
      (await this.createMessage(notification, inPlaceOf));
    const name = threadName(notification.sessionId);
    try {
      await this.api.startThread(this.channelId, messageId, name, ARCHIVE_AFTER_MINUTES);
    } catch (error) {
      if (!(error instanceof DiscordFailure && error.code === DISCORD_CODE.threadExists)) {
        throw error;
      }
    }
    return messageId;
  }

  /** All sessions open their threads in one channel, whose limit lets in a few at a time: not all may come back at once. */
  private spread(error: unknown): unknown {
    if (!(error instanceof DiscordFailure && error.meaning instanceof DeliveryPostponed)) {
      return error;
    }
    const { afterMs, affects } = error.meaning;
    this.crowd = Math.min(MAX_CROWD, this.crowd + 1);
    const factor = 1 + (Math.random() * this.crowd) / CROWD_PER_WINDOW;
    return affects === 'session' ? new DeliveryPostponed(afterMs * factor, affects) : error;
  }

  private createMessage(notification: Notification, inPlaceOf: string | undefined): Promise<string> {
    const nonce = deliveryNonce(notification.sessionId, inPlaceOf ?? 'first');
    return this.api.createMessage(this.channelId, sessionEmbed(notification, this.showPersonalData), nonce);
  }

  /** Among what was written since the fact, or since the thread that was deleted. */
  private findMessage(
    notification: Notification,
    inPlaceOf: string | undefined,
  ): Promise<string | undefined> {
    const since = inPlaceOf ?? String(snowflakeAt(notification.happenedAt.getTime() - CLOCK_MARGIN_MS));
    return this.api.findByFooter(this.channelId, threadName(notification.sessionId), since);
  }
}

/** The same for the same delivery: Discord allows 25 characters. */
export function deliveryNonce(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 25);
}
