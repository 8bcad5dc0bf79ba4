import { Module, type DynamicModule } from '@nestjs/common';
import { DeskModule } from '../chat/desk/desk.module.js';
import { OperatorDesk } from '../chat/desk/operator-desk.service.js';
import { OperatorMessages } from '../chat/desk/operator-messages.service.js';
import { Configuration } from '../config/configuration.js';
import { DATABASE_CONNECTION, type DatabaseConnection } from '../database/database-connection.js';
import { Database } from '../database/database.js';
import { CHANNEL_KINDS } from './channels/channel-kinds.js';
import { Deliveries } from './delivery/deliveries.js';
import { NotificationOutbox } from './delivery/notification-outbox.js';
import { NOTIFICATION_CHANNELS, type NotificationChannel } from './notification.js';
import { QueueNotificationsListener } from './queue-notifications.listener.js';

@Module({})
export class NotificationModule {
  /** Without a channel nothing listens, and a turn costs no job. */
  static forRoot(settings: Configuration['notification']): DynamicModule {
    const kinds = CHANNEL_KINDS.filter((kind) => kind.isEnabled(settings));
    if (kinds.length === 0) {
      return { module: NotificationModule };
    }
    const createChannels = async (
      database: Database,
      connection: DatabaseConnection,
      desk: OperatorDesk,
      operatorMessages: OperatorMessages,
    ): Promise<NotificationChannel[]> => {
      const surroundings = { settings, database, connection, desk, operatorMessages };
      return (await Promise.all(kinds.map((kind) => kind.create(surroundings)))).flat();
    };
    return {
      module: NotificationModule,
      imports: [DeskModule],
      providers: [
        {
          provide: NOTIFICATION_CHANNELS,
          useFactory: createChannels,
          inject: [Database, DATABASE_CONNECTION, OperatorDesk, OperatorMessages],
        },
        NotificationOutbox,
        Deliveries,
        QueueNotificationsListener,
      ],
    };
  }
}
