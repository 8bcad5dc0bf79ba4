import { Writable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication } from '../../src/application.js';
import { createPino } from '../../src/common/logging/pino-logger.js';
import { DatabaseLifecycle } from '../../src/database/database-lifecycle.js';
import { ApiClient } from './api-client.js';
import { testConfiguration } from './test-configuration.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export interface TestService {
  readonly url: string;
  readonly api: ApiClient;
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  /** What the service has logged so far, one parsed line each. */
  readonly logs: Record<string, unknown>[];
  /** Resolves once the database is in use. */
  readonly started: Promise<void>;
  stop(): Promise<void>;
}

export interface TestServiceOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** A database to share with another service; otherwise the service gets one of its own. */
  readonly database?: TestDatabase;
  /** Default: true. */
  readonly waitUntilStarted?: boolean;
}

/** The whole service over real HTTP on a real database, in this process. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const configuration = testConfiguration({ LOG_LEVEL: 'debug', ...options.settings });
  const database = options.database ?? (await createTestDatabase());
  const logs: Record<string, unknown>[] = [];
  const logger = await createPino(configuration.log, collectInto(logs));
  const app = await createApplication(configuration, database.connection, logger);
  await app.listen(0, '127.0.0.1');
  const started = app.get(DatabaseLifecycle).whenStarted();
  if (options.waitUntilStarted !== false) {
    await started;
  }
  const url = await app.getUrl();
  return {
    url,
    api: new ApiClient(url),
    app,
    database,
    logs,
    started,
    stop: async () => {
      await app.close();
      if (options.database === undefined) {
        await database.drop();
      }
    },
  };
}

function collectInto(logs: Record<string, unknown>[]): Writable {
  return new Writable({
    write: (line: Buffer, _encoding, done) => {
      logs.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
}
