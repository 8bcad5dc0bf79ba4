import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Configuration } from '../config/configuration.js';
import { LogChannel } from './channels/log.channel.js';
import { DeliverNotificationJob } from './deliver-notification.job.js';
import { NOTIFICATION_CHANNELS, type NotificationChannel } from './notification.js';
import { QueueNotificationsListener } from './queue-notifications.listener.js';

@Module({})
export class NotificationModule {
  /** Without a channel nothing listens, and a turn costs no job. */
  static forRoot(settings: Configuration['notification']): DynamicModule {
    const channels: Type<NotificationChannel>[] = settings.logChannelEnabled ? [LogChannel] : [];
    return {
      module: NotificationModule,
      providers:
        channels.length === 0
          ? []
          : [
              ...channels,
              {
                provide: NOTIFICATION_CHANNELS,
                useFactory: (...enabled: NotificationChannel[]) => enabled,
                inject: channels,
              },
              DeliverNotificationJob,
              QueueNotificationsListener,
            ],
    };
  }
}
