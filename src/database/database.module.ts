import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Configuration } from '../config/configuration.js';
import { DATABASE_CONNECTION, type DatabaseConnection } from './database-connection.js';
import { DatabaseLifecycle } from './database-lifecycle.js';
import { dataSourceOptions } from './data-source.js';
import { DatabaseProbe } from './database-probe.js';
import { Database } from './database.js';
import { DatabaseNotifications } from './database-notifications.js';
import { JobQueue } from './queue/job-queue.js';

@Module({})
export class DatabaseModule {
  /** Provides the database that `connection` names to every module. */
  static forRoot(connection: DatabaseConnection): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [Configuration],
          useFactory: (configuration: Configuration) => ({
            ...dataSourceOptions(connection, configuration.database),
            // DatabaseLifecycle connects, so that the service starts and tells its state without a database.
            manualInitialization: true,
          }),
        }),
      ],
      providers: [
        { provide: DATABASE_CONNECTION, useValue: connection },
        DatabaseProbe,
        Database,
        JobQueue,
        DatabaseLifecycle,
        DatabaseNotifications,
      ],
      exports: [
        DATABASE_CONNECTION,
        DatabaseProbe,
        Database,
        JobQueue,
        DatabaseLifecycle,
        DatabaseNotifications,
      ],
    };
  }
}
