import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Drain } from '../../common/http/drain.js';
import { Metrics } from '../../common/metrics/metrics.js';
import { JobQueue } from '../../database/queue/job-queue.js';
import { NOTIFICATION_CHANNELS, type NotificationChannel } from '../notification.js';
import { DeliverNotificationsJob } from './deliver-notifications.job.js';
import { NotificationOutbox } from './notification-outbox.js';

/** Gives each channel its queue, and lets channels begin and end with the service. */
@Injectable()
export class Deliveries implements OnModuleInit, OnApplicationBootstrap {
  private readonly deliveries: readonly DeliverNotificationsJob[];

  constructor(
    private readonly jobs: JobQueue,
    @Inject(NOTIFICATION_CHANNELS) private readonly channels: readonly NotificationChannel[],
    outbox: NotificationOutbox,
    metrics: Metrics,
    drain: Drain,
  ) {
    drain.join({ close: () => this.stop() });
    this.deliveries = channels.map((channel) => new DeliverNotificationsJob(channel, outbox, metrics));
  }

  onModuleInit(): void {
    for (const delivery of this.deliveries) {
      this.jobs.register(delivery);
    }
  }

  onApplicationBootstrap(): void {
    for (const channel of this.channels) {
      channel.start?.();
    }
  }

  private async stop(): Promise<void> {
    for (const delivery of this.deliveries) {
      delivery.stop();
    }
    await Promise.all(this.channels.flatMap((channel) => channel.stop?.() ?? []));
  }
}
