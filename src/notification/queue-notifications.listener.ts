import { Injectable } from '@nestjs/common';
import { SessionEnded } from '../auth/events/session-ended.event.js';
import { SessionStarted } from '../auth/events/session-started.event.js';
import { MessageBlocked } from '../chat/events/message-blocked.event.js';
import { MessageReceived } from '../chat/events/message-received.event.js';
import { ReplyCompleted } from '../chat/events/reply-completed.event.js';
import { ReplyFailed } from '../chat/events/reply-failed.event.js';
import { OnDomainEvent } from '../common/events/domain-events.js';
import type { Transaction } from '../common/events/transaction.js';
import { JobQueue } from '../database/queue/job-queue.js';
import { NOTIFICATION_QUEUE } from './deliver-notification.job.js';
import type { Notification } from './notification.js';

/** Puts a job on the queue for each fact operators follow, in the transaction that makes the fact true. */
@Injectable()
export class QueueNotificationsListener {
  constructor(private readonly jobs: JobQueue) {}

  @OnDomainEvent(SessionStarted)
  onSessionStarted({ sessionId }: SessionStarted, transaction: Transaction): Promise<void> {
    return this.queue({ fact: 'SessionStarted', sessionId }, transaction);
  }

  @OnDomainEvent(SessionEnded)
  onSessionEnded({ sessionId }: SessionEnded, transaction: Transaction): Promise<void> {
    return this.queue({ fact: 'SessionEnded', sessionId }, transaction);
  }

  @OnDomainEvent(MessageReceived)
  onMessageReceived({ sessionId, messageId }: MessageReceived, transaction: Transaction): Promise<void> {
    return this.queue({ fact: 'MessageReceived', sessionId, messageId }, transaction);
  }

  @OnDomainEvent(MessageBlocked)
  onMessageBlocked(
    { sessionId, messageId, replyId, ruleIds }: MessageBlocked,
    transaction: Transaction,
  ): Promise<void> {
    return this.queue({ fact: 'MessageBlocked', sessionId, messageId, replyId, ruleIds }, transaction);
  }

  @OnDomainEvent(ReplyCompleted)
  onReplyCompleted(
    { sessionId, messageId, replyId }: ReplyCompleted,
    transaction: Transaction,
  ): Promise<void> {
    return this.queue({ fact: 'ReplyCompleted', sessionId, messageId, replyId }, transaction);
  }

  @OnDomainEvent(ReplyFailed)
  onReplyFailed({ sessionId, messageId, replyId }: ReplyFailed, transaction: Transaction): Promise<void> {
    return this.queue({ fact: 'ReplyFailed', sessionId, messageId, replyId }, transaction);
  }

  /** Keyed by session: one conversation's notifications wait for each other, never for another's. */
  private queue(notification: Notification, transaction: Transaction): Promise<void> {
    return this.jobs.send(transaction, NOTIFICATION_QUEUE, notification, notification.sessionId);
  }
}
