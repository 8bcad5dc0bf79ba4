import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../common/metrics/metrics.js';
import { Database } from '../../database/database.js';
import { inBatches } from '../../database/queue/in-batches.js';
import { JobQueue, type JobDefinition, type JobRun } from '../../database/queue/job-queue.js';
import { REMOVE_ENDED_BLOCKS, REMOVE_EXPIRED_CODES } from './housekeeping-statements.js';

const BATCH = 500;

/** Removes sign-in codes that have expired, and the names of visitors who are no longer shut out. */
@Injectable()
export class RemoveSignInLeftoversJob implements JobDefinition<object>, OnModuleInit {
  readonly queue = 'housekeeping.sign-in';
  readonly schedule = '*/10 * * * *';

  constructor(
    private readonly jobs: JobQueue,
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  async handle(_data: object, { signal }: JobRun): Promise<void> {
    for (const [kind, statement] of [
      ['sign_in_codes_removed', REMOVE_EXPIRED_CODES],
      ['blocks_removed', REMOVE_ENDED_BLOCKS],
    ] as const) {
      const removed = await inBatches(
        signal,
        async () => (await this.database.query(statement, [BATCH])).length,
      );
      this.metrics.housekeeping.inc({ kind }, removed);
    }
  }
}
