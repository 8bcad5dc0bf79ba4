import { Inject, Injectable } from '@nestjs/common';
import { SessionEnded } from '../auth/events/session-ended.event.js';
import { SessionStarted } from '../auth/events/session-started.event.js';
import { HistoryErased } from '../chat/events/history-erased.event.js';
import { MessageBlocked } from '../chat/events/message-blocked.event.js';
import { MessageReceived } from '../chat/events/message-received.event.js';
import { PromptLeaked } from '../chat/events/prompt-leaked.event.js';
import { ReplyCompleted } from '../chat/events/reply-completed.event.js';
import { ReplyFailed } from '../chat/events/reply-failed.event.js';
import { OnDomainEvent } from '../common/events/domain-events.js';
import type { Transaction } from '../common/events/transaction.js';
import { JobQueue } from '../database/queue/job-queue.js';
import { notificationQueue } from './delivery/deliver-notifications.job.js';
import { NotificationOutbox, type NewNotification } from './delivery/notification-outbox.js';
import { NOTIFICATION_CHANNELS, type NotificationChannel } from './notification.js';

/**
 * Puts down each fact operators follow, for each channel that wants it, in the transaction that makes the fact
 * true; and a job that says so.
 */
@Injectable()
export class QueueNotificationsListener {
  constructor(
    private readonly jobs: JobQueue,
    private readonly outbox: NotificationOutbox,
    @Inject(NOTIFICATION_CHANNELS) private readonly channels: readonly NotificationChannel[],
  ) {}

  @OnDomainEvent(SessionStarted)
  async onSessionStarted({ sessionId, email }: SessionStarted, transaction: Transaction): Promise<void> {
    for (const channel of this.channels) {
      const visitor = channel.describeVisitor(email);
      const details = visitor === undefined ? {} : { visitor };
      await this.queueFor(channel, { fact: 'SessionStarted', sessionId, details }, transaction);
    }
  }

  @OnDomainEvent(SessionEnded)
  onSessionEnded({ sessionId, reason }: SessionEnded, transaction: Transaction): Promise<void> {
    return this.queue({ fact: 'SessionEnded', sessionId, details: { reason } }, transaction);
  }

  @OnDomainEvent(MessageReceived)
  onMessageReceived(
    { sessionId, messageId, isForOperator }: MessageReceived,
    transaction: Transaction,
  ): Promise<void> {
    const details = isForOperator ? { isForOperator } : {};
    return this.queue({ fact: 'MessageReceived', sessionId, messageId, details }, transaction);
  }

  @OnDomainEvent(MessageBlocked)
  onMessageBlocked(
    { sessionId, messageId, replyId, ruleIds }: MessageBlocked,
    transaction: Transaction,
  ): Promise<void> {
    const details = { outcome: 'blocked', ruleIds };
    return this.queue({ fact: 'MessageBlocked', sessionId, messageId, replyId, details }, transaction);
  }

  @OnDomainEvent(ReplyCompleted)
  onReplyCompleted(
    { sessionId, messageId, replyId, outcome, model, durationMs }: ReplyCompleted,
    transaction: Transaction,
  ): Promise<void> {
    const details = { outcome, model, durationMs };
    return this.queue({ fact: 'ReplyCompleted', sessionId, messageId, replyId, details }, transaction);
  }

  @OnDomainEvent(ReplyFailed)
  onReplyFailed(
    { sessionId, messageId, replyId, durationMs }: ReplyFailed,
    transaction: Transaction,
  ): Promise<void> {
    const details = { outcome: 'fallback', durationMs };
    return this.queue({ fact: 'ReplyFailed', sessionId, messageId, replyId, details }, transaction);
  }

  @OnDomainEvent(PromptLeaked)
  onPromptLeaked(
    { sessionId, messageId, replyId, model }: PromptLeaked,
    transaction: Transaction,
  ): Promise<void> {
    return this.queue(
      { fact: 'PromptLeaked', sessionId, messageId, replyId, details: { model } },
      transaction,
    );
  }

  @OnDomainEvent(HistoryErased)
  onHistoryErased({ sessionId }: HistoryErased, transaction: Transaction): Promise<void> {
    return this.queue({ fact: 'HistoryErased', sessionId }, transaction);
  }

  private async queue(notification: NewNotification, transaction: Transaction): Promise<void> {
    for (const channel of this.channels) {
      await this.queueFor(channel, notification, transaction);
    }
  }

  /** Keyed by session: one conversation's notifications wait for each other, never for another's. */
  private async queueFor(
    channel: NotificationChannel,
    notification: NewNotification,
    transaction: Transaction,
  ): Promise<void> {
    const { fact, sessionId, details = {} } = notification;
    if (channel.wants(fact, details)) {
      this.outbox.add(transaction, channel.name, notification);
      await this.jobs.send(transaction, notificationQueue(channel.name), { fact, sessionId }, sessionId);
    }
  }
}
