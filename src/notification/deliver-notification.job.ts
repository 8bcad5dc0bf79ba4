import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue, type JobDefinition } from '../database/queue/job-queue.js';
import { NOTIFICATION_CHANNELS, type Notification, type NotificationChannel } from './notification.js';

export const NOTIFICATION_QUEUE = 'notification';

/** Delivers queued notifications to every channel that is turned on. */
@Injectable()
export class DeliverNotificationJob implements JobDefinition<Notification>, OnModuleInit {
  readonly queue = NOTIFICATION_QUEUE;

  constructor(
    private readonly jobs: JobQueue,
    @Inject(NOTIFICATION_CHANNELS) private readonly channels: readonly NotificationChannel[],
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  async handle(notification: Notification): Promise<void> {
    for (const channel of this.channels) {
      await channel.deliver(notification);
    }
  }
}
