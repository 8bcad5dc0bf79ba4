import { DataSource, type DataSourceOptions } from 'typeorm';
import { BlockedVisitor } from '../auth/blocked-visitor.entity.js';
import { Session } from '../auth/session.entity.js';
import { SignInCode } from '../auth/sign-in-code.entity.js';
import { DailyTokens } from '../chat/budget/daily-tokens.entity.js';
import { ChatMessage } from '../chat/chat-message.entity.js';
import { OperatorCommand } from '../chat/desk/operator-command.entity.js';
import { ErasedKey } from '../chat/erasure/erased-key.entity.js';
import { RunningTurnRow } from '../chat/running-turn.entity.js';
import { TurnDelta } from '../chat/turn-delta.entity.js';
import type { Configuration } from '../config/configuration.js';
import { DiscordPosition } from '../notification/channels/discord/desk/discord-position.entity.js';
import { QueuedNotification } from '../notification/queued-notification.entity.js';
import {
  directConnection,
  isPooled,
  surviveBreaking,
  toPgOptions,
  type DatabaseConnection,
} from './database-connection.js';
import { migrations } from './migrations.js';

/** How long the client waits beyond the server's own statement time-out before it gives a connection up. */
const CLIENT_TIMEOUT_MARGIN_MS = 1_000;

/** The options of the one DataSource; the service, the command line and the tests all use these. */
export function dataSourceOptions(
  connection: DatabaseConnection,
  settings: Configuration['database'],
): DataSourceOptions {
  return {
    type: 'postgres',
    entities: [
      ...[Session, SignInCode, BlockedVisitor],
      ...[ChatMessage, TurnDelta, RunningTurnRow, ErasedKey, DailyTokens, OperatorCommand],
      ...[QueuedNotification, DiscordPosition],
    ],
    migrations: [...migrations],
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    migrationsRun: false,
    logging: false,
    poolSize: settings.poolSize,
    connectTimeoutMS: settings.connectTimeoutMs,
    applicationName: 'parley',
    // A lost idle connection is not an event worth a crash or a line: the next query opens a new one, and
    // readiness tells when none can be opened.
    poolErrorHandler: () => undefined,
    extra: {
      ...toPgOptions(connection),
      onConnect: surviveBreaking,
      // Statements of one transaction may travel together; see PipelinedTransaction.
      pipeline: true,
      keepAlive: true,
      ...(isPooled(connection) ? {} : sessionTimeouts(settings)),
      // The server's time-out cannot help where the server itself hangs.
      query_timeout: settings.statementTimeoutMs + CLIENT_TIMEOUT_MARGIN_MS,
    },
  };
}

/** A pooler refuses these, since its connections to the server have a life before and after ours: see docs/database.md. */
function sessionTimeouts({ statementTimeoutMs, lockTimeoutMs }: Configuration['database']): object {
  return {
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
  };
}

export function createDataSource(
  connection: DatabaseConnection,
  settings: Configuration['database'],
): DataSource {
  return new DataSource(dataSourceOptions(connection, settings));
}

/** An index of a large table takes its time. */
const MIGRATION_STATEMENT_TIMEOUT_MS = 60 * 60_000;
/** While a migration waits for a lock, traffic waits behind it. Well below what a request waits; see lock-retries. */
const MIGRATION_LOCK_TIMEOUT_MS = 2_000;
/** One connection holds the advisory lock while another migrates. */
const MIGRATION_POOL_SIZE = 2;

/** A DataSource for the command line: the same schema, with time for long statements. */
export function createMigrationDataSource(
  connection: DatabaseConnection,
  settings: Configuration['database'],
): DataSource {
  return createDataSource(directConnection(connection), {
    ...settings,
    poolSize: MIGRATION_POOL_SIZE,
    statementTimeoutMs: MIGRATION_STATEMENT_TIMEOUT_MS,
    lockTimeoutMs: Math.min(settings.lockTimeoutMs, MIGRATION_LOCK_TIMEOUT_MS),
  });
}
