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
  private isOpen = false;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** One statement, its own transaction, one round trip. */
  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const { rows } = await runStatement<Row>(this.usablePool(), statement, values);
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
    const client = await this.usablePool().connect();
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

  /** Called once the schema is known: until then every statement is refused, whatever tables there are. */
  open(): void {
    this.isOpen = true;
  }

  /** @throws whatever keeps the server from answering; needs no schema. */
  async ping(): Promise<void> {
    await this.connectedPool().query('SELECT 1');
  }

  private usablePool(): Pool {
    const pool = this.connectedPool();
    if (!this.isOpen) {
      throw notReady('The database has another schema than this version of the service needs.');
    }
    return pool;
  }

  private connectedPool(): Pool {
    if (!this.dataSource.isInitialized) {
      throw notReady('The database is not connected yet.');
    }
    return (this.dataSource.driver as PostgresDriver).master as Pool;
  }
}

function notReady(detail: string): Problem {
  return new Problem('service_unavailable', { detail, retryAfterSeconds: 2 });
}
