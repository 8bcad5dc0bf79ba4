import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { Problem } from '../common/problem/problem.js';
import { ConnectionPool } from './connection-pool.js';
import { DATABASE_CONNECTION, isPooled, type DatabaseConnection } from './database-connection.js';
import { toDatabaseProblem } from './database-failure.js';
import { DatabaseProbe } from './database-probe.js';
import { PipelinedTransaction } from './pipelined-transaction.js';
import { runStatement, unnamed, type Statement } from './statement.js';

/** Longer than a readiness probe has: a pooler may be as busy as the pool without being out of order. */
const PATIENCE_MS = 2_000;

/**
 * Runs SQL on the DataSource's pool. The hot statements of the service are written by hand, because each
 * must do its whole work in one round trip; TypeORM owns the schema they run on.
 *
 * Every error that means "the database is out of reach" leaves here as the problem `service_unavailable`.
 */
@Injectable()
export class Database {
  private isOpen = false;
  private pool: ConnectionPool | undefined;

  private readonly prepare: (statement: Statement) => Statement;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(DATABASE_CONNECTION) connection: DatabaseConnection,
    private readonly probe: DatabaseProbe,
  ) {
    this.prepare = isPooled(connection) ? unnamed : (statement) => statement;
  }

  /** One statement, its own transaction, one round trip. */
  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const { rows } = await this.usablePool().use((client) =>
        runStatement<Row>(client, this.prepare(statement), values),
      );
      return rows;
    } catch (error) {
      throw toDatabaseProblem(error);
    }
  }

  /** Runs `work` in one transaction, which is rolled back when `work` throws. */
  async transaction<T>(work: (transaction: PipelinedTransaction) => Promise<T>): Promise<T> {
    try {
      return await this.usablePool().use(async (client, discard) => {
        const transaction = new PipelinedTransaction(client, this.prepare);
        try {
          const result = await work(transaction);
          await transaction.commit();
          return result;
        } catch (error) {
          // A connection in an unknown state must not be handed out again; the error to tell is the first one.
          await transaction.rollback().catch(discard);
          throw error;
        }
      });
    } catch (error) {
      throw toDatabaseProblem(error);
    }
  }

  /** Called once the schema is known: until then every statement is refused, whatever tables there are. */
  open(): void {
    this.isOpen = true;
  }

  private usablePool(): ConnectionPool {
    if (!this.dataSource.isInitialized) {
      throw notReady('The database is not connected yet.');
    }
    if (!this.isOpen) {
      throw notReady('The database has another schema than this version of the service needs.');
    }
    this.pool ??= new ConnectionPool((this.dataSource.driver as PostgresDriver).master as Pool, () =>
      this.probe.answers(PATIENCE_MS),
    );
    return this.pool;
  }
}

function notReady(detail: string): Problem {
  return new Problem('service_unavailable', { detail, retryAfterSeconds: 2 });
}
