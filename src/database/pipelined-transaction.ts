import type { PoolClient, QueryResult } from 'pg';
import type { Transaction } from '../common/events/transaction.js';
import { runStatement, type Statement } from './statement.js';

/**
 * A transaction that costs two round trips whatever it does: BEGIN travels with the first statement, and
 * what was enlisted travels with COMMIT. The connection pipelines, so statements that nobody waits for
 * between them leave in one go and PostgreSQL still runs them in order.
 */
export class PipelinedTransaction implements Transaction {
  private begun: Promise<unknown> | undefined;
  private readonly enlisted: Promise<unknown>[] = [];

  constructor(
    private readonly client: PoolClient,
    private readonly prepare: (statement: Statement) => Statement = (statement) => statement,
  ) {}

  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    const sent = this.send<Row>(statement, values);
    await this.awaitAll([sent]);
    return (await sent).rows;
  }

  enlist(statement: Statement, values: readonly unknown[] = []): void {
    this.enlisted.push(this.send(statement, values));
  }

  /** @throws the first error of BEGIN, an enlisted statement or COMMIT; the transaction is then rolled back. */
  async commit(): Promise<void> {
    if (this.begun === undefined) {
      return;
    }
    const committed = heard(this.client.query('COMMIT'));
    await this.awaitAll(this.enlisted);
    const { command } = await committed;
    if (command !== 'COMMIT') {
      throw new Error(`the transaction was not committed: the server answered ${command}`);
    }
  }

  async rollback(): Promise<void> {
    if (this.begun !== undefined) {
      await this.client.query('ROLLBACK');
    }
  }

  private send<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    this.begun ??= heard(this.client.query('BEGIN'));
    return heard(runStatement<Row>(this.client, this.prepare(statement), values));
  }

  /** Waits for all, so that no later rejection goes unheard, then throws the earliest error. */
  private async awaitAll(sent: readonly Promise<unknown>[]): Promise<void> {
    const settled = await Promise.allSettled([this.begun, ...sent]);
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed !== undefined) {
      throw failed.reason;
    }
  }
}

/**
 * What is sent is awaited later, and after an earlier failure not at all: its own failure, which is then the same
 * one, must not count as unhandled and end the process.
 */
function heard<T>(sent: Promise<T>): Promise<T> {
  sent.catch(() => undefined);
  return sent;
}
