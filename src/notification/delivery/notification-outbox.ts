import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/events/transaction.js';
import { Database } from '../../database/database.js';
import type { Fact, Notification, NotificationDetails } from '../notification.js';
import {
  COUNT_ATTEMPT,
  DELETE_NOTIFICATION,
  FAIL_NOTIFICATION,
  INSERT_NOTIFICATION,
  POSTPONE_NOTIFICATION,
  SELECT_NEXT_NOTIFICATIONS,
} from './notification-statements.js';

/** A fact as it is put down, before it has an id. */
export interface NewNotification {
  readonly fact: Fact;
  readonly sessionId: string;
  readonly messageId?: string;
  readonly replyId?: string;
  readonly details?: NotificationDetails;
}

interface NotificationRow {
  readonly id: string;
  readonly fact: Fact;
  readonly session_id: string;
  readonly message_id: string | null;
  readonly reply_id: string | null;
  readonly details: NotificationDetails;
  readonly created_at: Date;
  readonly attempts: number;
  readonly wait_ms: number | null;
  readonly ip_address: string;
  readonly message: string | null;
  readonly reply: string | null;
}

export interface News {
  readonly notifications: readonly Notification[];
  /** For how long none of them may be tried, in milliseconds. */
  readonly waitMs: number;
}

const BATCH = 10;
const LONGEST_FAILURE = 200;

/** What each channel has yet to be told, kept in the database; see QueuedNotification. */
@Injectable()
export class NotificationOutbox {
  constructor(private readonly database: Database) {}

  add(transaction: Transaction, channel: string, notification: NewNotification): void {
    const { sessionId, fact, messageId, replyId, details } = notification;
    transaction.enlist(INSERT_NOTIFICATION, [
      sessionId,
      channel,
      fact,
      messageId ?? null,
      replyId ?? null,
      JSON.stringify(details ?? {}),
    ]);
  }

  /** The session's next ones, in order; none when the channel has been told everything. */
  async next(channel: string, sessionId: string): Promise<News> {
    const rows = await this.database.query<NotificationRow>(SELECT_NEXT_NOTIFICATIONS, [
      sessionId,
      channel,
      BATCH,
    ]);
    return { notifications: rows.map(toNotification), waitMs: rows[0]?.wait_ms ?? 0 };
  }

  async markDelivered({ id }: Notification): Promise<void> {
    await this.database.query(DELETE_NOTIFICATION, [id]);
  }

  /** @returns how many attempts have now come to nothing. */
  async countAttempt({ id }: Notification): Promise<number> {
    const [row] = await this.database.query<{ attempts: number }>(COUNT_ATTEMPT, [id]);
    return row?.attempts ?? 0;
  }

  /** Lets nobody try it, nor what follows it in its session, before the time is over. */
  async postpone({ id }: Notification, ms: number): Promise<void> {
    await this.database.query(POSTPONE_NOTIFICATION, [id, ms]);
  }

  /** Keeps it without trying it again, until an operator asks for that. */
  async markFailed({ id }: Notification, reason: string): Promise<void> {
    await this.database.query(FAIL_NOTIFICATION, [id, reason.slice(0, LONGEST_FAILURE)]);
  }
}

function toNotification(row: NotificationRow): Notification {
  return {
    id: row.id,
    fact: row.fact,
    sessionId: row.session_id,
    messageId: row.message_id ?? undefined,
    replyId: row.reply_id ?? undefined,
    details: row.details,
    happenedAt: row.created_at,
    address: row.ip_address,
    message: row.message ?? undefined,
    reply: row.reply ?? undefined,
    mayBeDelivered: row.attempts > 0,
  };
}
