import { Module, type DynamicModule } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { ChatModule } from './chat/chat.module.js';
import { CommonModule } from './common/common.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Configuration } from './config/configuration.js';
import type { DatabaseConnection } from './database/database-connection.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { NotificationModule } from './notification/notification.module.js';
import { SecurityModule } from './security/security.module.js';

@Module({})
export class AppModule {
  static forRoot(configuration: Configuration, connection: DatabaseConnection): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(configuration),
        CommonModule,
        DatabaseModule.forRoot(connection),
        SecurityModule,
        AuthModule,
        ChatModule,
        NotificationModule.forRoot(configuration.notification),
        HealthModule,
      ],
    };
  }
}
