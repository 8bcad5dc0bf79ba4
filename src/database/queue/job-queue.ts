import { Injectable, Logger } from '@nestjs/common';
import { PgBoss, type JobResult, type JobWithMetadata } from 'pg-boss';
import type { Transaction } from '../../common/events/transaction.js';
import { Problem } from '../../common/problem/problem.js';

/** What a job learns about the run it is in. */
export interface JobRun {
  /** Whether the job has been begun before: that run failed, or its process died. */
  readonly isRetried: boolean;
  /** Aborts when the service is being stopped, or the job has taken too long: what is left is for the next run. */
  readonly signal: AbortSignal;
}

/** The job is done for now, and wants to run once more later. It counts as a new one, not as a failure. */
export interface JobAgain {
  readonly againAfterMs: number;
}

/** A kind of background work. Jobs with the same key run one after the other, in the order they were sent. */
export interface JobDefinition<Data extends object> {
  readonly queue: string;
  /**
   * When the queue sends one by itself, as a cron expression (UTC). It is sent once, however many replicas there
   * are, and not while the one before it waits or runs; a run that fails is left to the next.
   */
  readonly schedule?: string;
  /** Throws to have the job tried again later. */
  handle(data: Data, run: JobRun): Promise<JobAgain | undefined> | Promise<void>;
}

const RETRY_LIMIT = 8;
const FIRST_RETRY_DELAY_SECONDS = 1;
const LONGEST_RETRY_DELAY_SECONDS = 300;
/** Workers of one queue in one process: a slow job holds up its own key and one of these. */
const WORKERS = 4;
const BACKSTOP_POLLING_SECONDS = 5;
/** Nobody waits for a job of a schedule. */
const SCHEDULED_POLLING_SECONDS = 60;
const SCHEDULED_RETRY_LIMIT = 2;
/** What is done needs no record for long; without this, a busy service would keep a week's jobs. */
const KEEP_DONE_SECONDS = 86_400;
/** A job whose process gives no sign of life for so long is taken over; the least pg-boss allows is 10. */
const SIGN_OF_LIFE_SECONDS = 10;
const STOP_TIMEOUT_MS = 10_000;
/** So that a job is due by the clock of the database when the worker looks. */
const DUE_MARGIN_MS = 20;

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
  private readonly stopping = new AbortController();

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
    this.stopping.abort();
    await boss?.stop({ graceful: true, timeout: STOP_TIMEOUT_MS });
  }

  private async work(boss: PgBoss): Promise<void> {
    for (const definition of this.definitions) {
      if (definition.schedule === undefined) {
        await this.createQueues(boss, definition.queue);
        for (let worker = 0; worker < WORKERS; worker += 1) {
          await this.startWorker(boss, definition);
        }
      } else {
        await this.createScheduledQueue(boss, definition.queue, definition.schedule);
        await this.startWorker(boss, definition);
      }
    }
  }

  /**
   * A worker looks for the next job as soon as it has done one. Nothing announces a job that was waiting for
   * another of its key, so without that it would be found by the backstop, seconds later.
   */
  private async startWorker(boss: PgBoss, definition: JobDefinition<object>): Promise<void> {
    const workerId: string = await boss.work(
      definition.queue,
      {
        batchSize: 1,
        perJobResults: true,
        includeMetadata: true,
        notifyPollingIntervalSeconds:
          definition.schedule === undefined ? BACKSTOP_POLLING_SECONDS : SCHEDULED_POLLING_SECONDS,
      },
      (jobs: JobWithMetadata[]): Promise<JobResult[]> => {
        boss.notifyWorker(workerId);
        return Promise.all(jobs.map((job) => this.run(boss, workerId, definition, job)));
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
      heartbeatSeconds: SIGN_OF_LIFE_SECONDS,
      deleteAfterSeconds: KEEP_DONE_SECONDS,
      notify: true,
    });
  }

  /** `exclusive`: at most one job waits or runs, so a slow run is never joined by a second one. */
  private async createScheduledQueue(boss: PgBoss, queue: string, cron: string): Promise<void> {
    await boss.createQueue(queue, {
      policy: 'exclusive',
      retryLimit: SCHEDULED_RETRY_LIMIT,
      heartbeatSeconds: SIGN_OF_LIFE_SECONDS,
      deleteAfterSeconds: KEEP_DONE_SECONDS,
      notify: true,
    });
    await boss.schedule(queue, cron);
  }

  private async run(
    boss: PgBoss,
    workerId: string,
    definition: JobDefinition<object>,
    job: JobWithMetadata,
  ): Promise<JobResult> {
    try {
      const again = await definition.handle(job.data, {
        isRetried: job.retryCount > 0,
        signal: AbortSignal.any([this.stopping.signal, job.signal]),
      });
      if (again) {
        await this.sendAgain(boss, workerId, job, again.againAfterMs);
      }
      return { id: job.id, status: 'completed' };
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      this.logger.warn({ msg: 'job failed', queue: definition.queue, job_id: job.id, error_name: name });
      return { id: job.id, status: 'failed', output: { error: name } };
    }
  }

  /**
   * Sent before the one in hand is marked as done: a crash in between leaves two of them, never none. Nothing
   * announces a job that becomes due, so the worker is told when to look.
   */
  private async sendAgain(
    boss: PgBoss,
    workerId: string,
    { name, data, singletonKey }: JobWithMetadata,
    afterMs: number,
  ): Promise<void> {
    const startAfter = Math.max(afterMs, 1) / 1_000;
    await boss.send(name, data, { startAfter, ...(singletonKey === null ? {} : { singletonKey }) });
    setTimeout(() => boss.notifyWorker(workerId), afterMs + DUE_MARGIN_MS).unref();
  }
}
