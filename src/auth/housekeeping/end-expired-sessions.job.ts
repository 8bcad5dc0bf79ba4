import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DomainEvents } from '../../common/events/domain-events.js';
import { Metrics } from '../../common/metrics/metrics.js';
import { Configuration } from '../../config/configuration.js';
import { Database } from '../../database/database.js';
import type { PipelinedTransaction } from '../../database/pipelined-transaction.js';
import { inBatches } from '../../database/queue/in-batches.js';
import { JobQueue, type JobDefinition, type JobRun } from '../../database/queue/job-queue.js';
import { SessionEnded } from '../events/session-ended.event.js';
import { END_EXPIRED_SESSIONS, END_IDLE_SESSIONS } from './housekeeping-statements.js';

/** Each one tells every channel of its end in the same transaction. */
const BATCH = 50;
/** Rows that are read for it, of which few are ended. */
const SLICE = 500;

interface Slice {
  readonly id: string;
  readonly expires_at: string;
  readonly ended: readonly string[];
}

/**
 * Ends sessions whose time is over. They could not be used any more; now whoever follows them learns of it, once:
 * the change of the row and the fact are one transaction.
 */
@Injectable()
export class EndExpiredSessionsJob implements JobDefinition<object>, OnModuleInit {
  readonly queue = 'housekeeping.sessions';
  readonly schedule = '* * * * *';

  constructor(
    private readonly jobs: JobQueue,
    private readonly database: Database,
    private readonly events: DomainEvents,
    private readonly metrics: Metrics,
    private readonly configuration: Configuration,
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  async handle(_data: object, { signal }: JobRun): Promise<void> {
    this.count(await inBatches(signal, () => this.endExpired()));
    if (this.configuration.auth.sessionIdleTimeoutMs !== undefined) {
      await this.endIdle(signal);
    }
  }

  private endExpired(): Promise<number> {
    return this.database.transaction(async (transaction) => {
      const ended = await transaction.query<{ id: string }>(END_EXPIRED_SESSIONS, [BATCH]);
      return this.tell(
        ended.map(({ id }) => id),
        transaction,
      );
    });
  }

  /** No index knows how long a session has lain unused, so all that are live are gone through. */
  private async endIdle(signal: AbortSignal): Promise<void> {
    let ended = 0;
    let after: Pick<Slice, 'id' | 'expires_at'> = { id: '', expires_at: '-infinity' };
    await inBatches(signal, () =>
      this.database.transaction(async (transaction) => {
        const [slice] = await transaction.query<Slice>(END_IDLE_SESSIONS, [
          after.expires_at,
          after.id,
          SLICE,
        ]);
        if (slice === undefined) {
          return 0;
        }
        after = slice;
        ended += await this.tell(slice.ended, transaction);
        return 1;
      }),
    );
    this.count(ended);
  }

  private async tell(sessionIds: readonly string[], transaction: PipelinedTransaction): Promise<number> {
    for (const id of sessionIds) {
      await this.events.publish(new SessionEnded(id, 'expired'), transaction);
    }
    return sessionIds.length;
  }

  private count(sessions: number): void {
    this.metrics.housekeeping.inc({ kind: 'sessions_ended' }, sessions);
  }
}
