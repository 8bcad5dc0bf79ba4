import { Logger } from '@nestjs/common';
import type { Metrics } from '../../common/metrics/metrics.js';
import type { JobAgain, JobDefinition, JobRun } from '../../database/queue/job-queue.js';
import type { Notification, NotificationChannel } from '../notification.js';
import { ChannelGate } from './channel-gate.js';
import { ChannelUnavailable, DeliveryPostponed, DeliveryRefused } from './delivery-errors.js';
import type { NotificationOutbox } from './notification-outbox.js';

/** A job says only that there is news; what it is stands in the outbox. */
export interface NewsJob {
  readonly sessionId: string;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const MAX_ATTEMPTS = 50;
/** How often one notification may be what a closed channel is tried with, before it waits longer than that. */
const PROBES = 4;

/** The queue of one channel: so a channel in trouble holds up nothing but itself. */
export function notificationQueue(channel: string): string {
  return `notification.${channel}`;
}

/**
 * Tells one channel what is new in a session: everything in the outbox, in order. The queue runs one such job
 * at a time for each session; jobs that find nothing are done at once.
 */
export class DeliverNotificationsJob implements JobDefinition<NewsJob> {
  readonly queue: string;
  private readonly logger = new Logger(DeliverNotificationsJob.name);
  private readonly gate: ChannelGate;

  constructor(
    private readonly channel: NotificationChannel,
    private readonly outbox: NotificationOutbox,
    private readonly metrics: Metrics,
  ) {
    this.queue = notificationQueue(channel.name);
    this.gate = new ChannelGate(channel.notices);
  }

  async handle({ sessionId }: NewsJob, { isRetried }: JobRun): Promise<JobAgain | undefined> {
    // A job that runs again may have died between sending the first one and marking it.
    let mayHaveBeenSent = isRetried;
    for (;;) {
      const { notifications, waitMs } = await this.outbox.next(this.channel.name, sessionId);
      if (waitMs > 0) {
        // Whoever made it wait comes back for all of it, unless that was this very job before its process died.
        return isRetried ? { againAfterMs: waitMs } : undefined;
      }
      if (notifications.length === 0) {
        return undefined;
      }
      for (const notification of notifications) {
        const mayBeDelivered = notification.mayBeDelivered || mayHaveBeenSent;
        const again = await this.tell({ ...notification, mayBeDelivered });
        mayHaveBeenSent = false;
        if (again !== undefined) {
          return again;
        }
      }
    }
  }

  /** Lets jobs that wait for the channel go back to the queue. */
  stop(): void {
    this.gate.stop();
  }

  private async tell(notification: Notification): Promise<JobAgain | undefined> {
    if (!(await this.gate.pass())) {
      return { againAfterMs: FIRST_RETRY_MS };
    }
    try {
      await this.channel.deliver(notification);
    } catch (error) {
      return this.recover(notification, error);
    }
    this.gate.open();
    await this.outbox.markDelivered(notification);
    this.count('delivered');
    return undefined;
  }

  private async recover(notification: Notification, error: unknown): Promise<JobAgain | undefined> {
    if (error instanceof DeliveryPostponed) {
      if (error.affects === 'channel') {
        this.gate.closeFor(error.afterMs);
      }
      return this.postpone(notification, error.afterMs);
    }
    if (error instanceof DeliveryRefused) {
      this.gate.open();
      return this.giveUp(notification, error.message);
    }
    const attempts = await this.outbox.countAttempt(notification);
    this.count('retried');
    if (error instanceof ChannelUnavailable) {
      const closedMs = this.gate.close(error);
      // It may be this one that breaks the channel: soon the others go first.
      return this.postpone(notification, attempts <= PROBES ? closedMs : retryDelay(attempts));
    }
    this.logger.warn({
      msg: 'a notification could not be delivered',
      channel: this.channel.name,
      notification_id: notification.id,
      attempts,
      error_name: error instanceof Error ? error.name : typeof error,
    });
    if (attempts >= MAX_ATTEMPTS) {
      return this.giveUp(notification, `still failing after ${attempts} attempts`);
    }
    return this.postpone(notification, retryDelay(attempts));
  }

  private async postpone(notification: Notification, againAfterMs: number): Promise<JobAgain> {
    await this.outbox.postpone(notification, againAfterMs);
    return { againAfterMs };
  }

  private async giveUp(notification: Notification, reason: string): Promise<undefined> {
    await this.outbox.markFailed(notification, reason);
    this.count('failed');
    this.logger.error({
      msg: `a notification failed for good: ${reason}; "npm run notifications -- retry" tries it again`,
      channel: this.channel.name,
      notification_id: notification.id,
      session_id: notification.sessionId,
    });
  }

  private count(result: 'delivered' | 'retried' | 'failed'): void {
    this.metrics.notifications.inc({ channel: this.channel.name, result });
  }
}

/** Doubles with each attempt; the random half keeps sessions from coming back all at once. */
function retryDelay(attempts: number): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 10));
  return (longest / 2) * (1 + Math.random());
}
