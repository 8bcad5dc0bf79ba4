import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { Problem } from '../common/problem/problem.js';
import { toDatabaseProblem } from './database-failure.js';
import { PipelinedTransaction } from './pipelined-transaction.js';
import { runStatement, type Statement } from './statement.js';

/**
 * Runs SQL on the DataSource's pool. The hot statements of the service are written by hand, because each
 * must do its whole work in one round trip; TypeORM owns the schema they run on.
 *
 * Every error that means "the database is out of reach" leaves here as the problem `service_unavailable`.
 */
@Injectable()
export class Database {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** One statement, its own transaction, one round trip. */
  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const { rows } = await runStatement<Row>(this.pool(), statement, values);
      return rows;
    } catch (error) {
      throw toDatabaseProblem(error);
    }
  }

  /** Runs `work` in one transaction, which is rolled back when `work` throws. */
  async transaction<T>(work: (transaction: PipelinedTransaction) => Promise<T>): Promise<T> {
    try {
      return await this.runTransaction(work);
    } catch (error) {
      throw toDatabaseProblem(error);
    }
  }

  private async runTransaction<T>(work: (transaction: PipelinedTransaction) => Promise<T>): Promise<T> {
    const client = await this.pool().connect();
    const transaction = new PipelinedTransaction(client);
    let unusable: Error | undefined;
    try {
      const result = await work(transaction);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback().catch((cause: unknown) => {
        // The connection is in an unknown state: the pool must not hand it out again.
        unusable = new Error('rollback failed', { cause });
      });
      throw error;
    } finally {
      client.release(unusable);
    }
  }

  private pool(): Pool {
    if (!this.dataSource.isInitialized) {
      throw new Problem('service_unavailable', {
        detail: 'The database is not connected yet.',
        retryAfterSeconds: 2,
      });
    }
    return (this.dataSource.driver as PostgresDriver).master as Pool;
  }
}
