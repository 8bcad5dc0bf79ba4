import type { OperatorDesk } from '../../chat/desk/operator-desk.service.js';
import type { OperatorMessages } from '../../chat/desk/operator-messages.service.js';
import type { Configuration } from '../../config/configuration.js';
import type { DatabaseConnection } from '../../database/database-connection.js';
import type { Database } from '../../database/database.js';
import type { NotificationChannel } from '../notification.js';

export type NotificationSettings = Configuration['notification'];

/** What a channel may use of the service. */
export interface ChannelSurroundings {
  readonly settings: NotificationSettings;
  readonly database: Database;
  /** For a connection of the channel's own, such as one that holds a lock. */
  readonly connection: DatabaseConnection;
  /** For a channel from which operators can answer. */
  readonly desk: OperatorDesk;
  readonly operatorMessages: OperatorMessages;
}

/** How channels of one kind come about. A new kind is one file, and a line in channel-kinds.ts. */
export interface ChannelKind {
  isEnabled(settings: NotificationSettings): boolean;
  /** Called only where the kind is enabled: whatever library it needs is loaded here. */
  create(surroundings: ChannelSurroundings): Promise<readonly NotificationChannel[]>;
}
