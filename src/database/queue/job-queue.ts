import { Injectable, Logger } from '@nestjs/common';
import { PgBoss, type Job, type JobResult } from 'pg-boss';
import type { Transaction } from '../../common/events/transaction.js';
import { Problem } from '../../common/problem/problem.js';

/** A kind of background work. Jobs with the same key run one after the other, in the order they were sent. */
export interface JobDefinition<Data extends object> {
  readonly queue: string;
  /** Throws to have the job tried again later. */
  handle(data: Data): Promise<void>;
}

const RETRY_LIMIT = 8;
const FIRST_RETRY_DELAY_SECONDS = 1;
const LONGEST_RETRY_DELAY_SECONDS = 300;
/** Workers of one queue in one process: a slow job holds up its own key and one of these. */
const WORKERS = 4;
const BACKSTOP_POLLING_SECONDS = 5;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Background jobs on the same PostgreSQL (pg-boss). A job is sent inside the caller's transaction, so it
 * exists exactly if that transaction committed, and it is run at least once, by any replica.
 *
 * Jobs that fail for good wait in `<queue>.failed`, from where they can be run again.
 */
@Injectable()
export class JobQueue {
  private readonly logger = new Logger(JobQueue.name);
  private readonly definitions: JobDefinition<object>[] = [];
  private boss: PgBoss | undefined;

  /** Must be called while modules are initialised, before the queue starts. */
  register<Data extends object>(definition: JobDefinition<Data>): void {
    this.definitions.push(definition);
  }

  /** Sends a job with the caller's transaction; costs no round trip of its own. */
  async send(transaction: Transaction, queue: string, data: object, key: string): Promise<void> {
    const boss = this.boss;
    if (boss === undefined) {
      throw new Problem('service_unavailable', {
        detail: 'The job queue is not ready yet.',
        retryAfterSeconds: 2,
      });
    }
    await boss.send(queue, data, {
      singletonKey: key,
      db: {
        executeSql: (text, values) => {
          transaction.enlist(text, values);
          return Promise.resolve({ rows: [] });
        },
      },
    });
  }

  /** Starts sending and working on a schema that `migrateQueue` has made. */
  async start(boss: PgBoss): Promise<void> {
    boss.on('error', (error) => this.logger.error({ msg: 'job queue error', error_name: error.name }));
    try {
      await boss.start();
      await this.work(boss);
    } catch (error) {
      // Whoever starts the queue tries again with a new client: this one must not stay behind.
      await boss.stop({ graceful: false });
      throw error;
    }
    this.boss = boss;
  }

  /** Lets running jobs finish, within a bound, and closes the queue's own connections. */
  async stop(): Promise<void> {
    const boss = this.boss;
    this.boss = undefined;
    await boss?.stop({ graceful: true, timeout: STOP_TIMEOUT_MS });
  }

  private async work(boss: PgBoss): Promise<void> {
    for (const definition of this.definitions) {
      await this.createQueues(boss, definition.queue);
      for (let worker = 0; worker < WORKERS; worker += 1) {
        await this.startWorker(boss, definition);
      }
    }
  }

  /**
   * A worker looks for the next job as soon as it has done one. Nothing announces a job that was waiting for
   * another of its key, so without that it would be found by the backstop, seconds later.
   */
  private async startWorker(boss: PgBoss, definition: JobDefinition<object>): Promise<void> {
    const workerId = await boss.work(
      definition.queue,
      { batchSize: 1, perJobResults: true, notifyPollingIntervalSeconds: BACKSTOP_POLLING_SECONDS },
      (jobs: Job[]) => {
        boss.notifyWorker(workerId);
        return Promise.all(jobs.map((job) => this.run(definition, job)));
      },
    );
  }

  private async createQueues(boss: PgBoss, queue: string): Promise<void> {
    const failed = `${queue}.failed`;
    await boss.createQueue(failed);
    await boss.createQueue(queue, {
      policy: 'key_strict_fifo',
      deadLetter: failed,
      retryLimit: RETRY_LIMIT,
      retryDelay: FIRST_RETRY_DELAY_SECONDS,
      retryBackoff: true,
      retryDelayMax: LONGEST_RETRY_DELAY_SECONDS,
      notify: true,
    });
  }

  private async run(definition: JobDefinition<object>, job: Job): Promise<JobResult> {
    try {
      await definition.handle(job.data);
      return { id: job.id, status: 'completed' };
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.warn({ msg: 'job failed', queue: definition.queue, job_id: job.id, error_name: name });
      return { id: job.id, status: 'failed', output: { error: name } };
    }
  }
}
