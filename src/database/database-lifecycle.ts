import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Drain } from '../common/http/drain.js';
import { DATABASE_CONNECTION, type DatabaseConnection } from './database-connection.js';
import { Database } from './database.js';
import { findSchemaMismatch } from './migrator.js';
import { JobQueue } from './queue/job-queue.js';
import { createQueueClient } from './queue/queue-schema.js';

export type DatabaseState = 'connecting' | 'unknown_schema' | 'ready';

const RETRY_DELAY_MS = 1_000;

/**
 * Brings the database into use while the service already answers its probes: connect, make sure that the
 * schema is one this build knows, start the queue. Until then readiness says no, and whatever a migration
 * job or an operator mends in the meantime is noticed within a second.
 */
@Injectable()
export class DatabaseLifecycle implements OnApplicationBootstrap {
  private readonly logger = new Logger(DatabaseLifecycle.name);
  private readonly stopping = new AbortController();
  private current: DatabaseState = 'connecting';
  private lastProblem: string | undefined;
  private starting: Promise<void> = Promise.resolve();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(DATABASE_CONNECTION) private readonly connection: DatabaseConnection,
    private readonly jobs: JobQueue,
    private readonly database: Database,
    drain: Drain,
  ) {
    drain.join({ close: () => this.stop() });
  }

  get state(): DatabaseState {
    return this.current;
  }

  onApplicationBootstrap(): void {
    this.starting = this.start();
  }

  /** Resolves when the database is in use, or when the service is being stopped before that. */
  whenStarted(): Promise<void> {
    return this.starting;
  }

  private async stop(): Promise<void> {
    this.stopping.abort();
    await this.starting;
    await this.jobs.stop();
    if (this.dataSource.isInitialized) {
      await this.dataSource.destroy();
    }
  }

  private async start(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.tryToStart();
        return;
      } catch (error) {
        this.report(error instanceof SchemaMismatch ? error.message : describe(error));
        await this.pause();
      }
    }
  }

  private async tryToStart(): Promise<void> {
    if (!this.dataSource.isInitialized) {
      await this.dataSource.initialize();
    }
    const mismatch = await findSchemaMismatch(this.dataSource);
    if (mismatch !== undefined) {
      this.current = 'unknown_schema';
      throw new SchemaMismatch(mismatch);
    }
    await this.jobs.start(createQueueClient(this.connection));
    this.database.open();
    this.current = 'ready';
  }

  /** Says each new problem once, not once a second. */
  private report(problem: string): void {
    if (problem !== this.lastProblem) {
      this.lastProblem = problem;
      this.logger.warn(`the database cannot be used yet: ${problem}`);
    }
  }

  private async pause(): Promise<void> {
    try {
      await delay(RETRY_DELAY_MS, undefined, { signal: this.stopping.signal });
    } catch (error) {
      if (!this.stopping.signal.aborted) {
        throw error;
      }
    }
  }
}

class SchemaMismatch extends Error {}

/** Names the fault without the driver's text, which may hold a connection string. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'unknown error';
  }
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `${error.name}${code}`;
}
