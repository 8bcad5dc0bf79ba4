import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../common/metrics/metrics.js';
import { Database } from '../../database/database.js';
import { inBatches } from '../../database/queue/in-batches.js';
import { JobQueue, type JobDefinition, type JobRun } from '../../database/queue/job-queue.js';
import type { Statement } from '../../database/statement.js';
import {
  REMOVE_ERASED_KEYS,
  REMOVE_OLD_COMMANDS,
  REMOVE_STALE_RUNNING_TURNS,
  REMOVE_VOID_DELTAS,
} from './housekeeping-statements.js';

const BATCH = 500;
/** Commands come through chat programs, which tell them again after minutes or hours, and not after days. */
const KEEP_COMMANDS_MS = 7 * 86_400_000;

/** Removes what turns, erasures and operators' commands leave behind and nobody needs any more. */
@Injectable()
export class RemoveChatLeftoversJob implements JobDefinition<object>, OnModuleInit {
  readonly queue = 'housekeeping.leftovers';
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
    await this.remove('deltas_removed', signal, REMOVE_VOID_DELTAS);
    await this.remove('stale_turns_removed', signal, REMOVE_STALE_RUNNING_TURNS);
    await this.remove('erased_keys_removed', signal, REMOVE_ERASED_KEYS);
    await this.remove('commands_removed', signal, REMOVE_OLD_COMMANDS, KEEP_COMMANDS_MS);
  }

  private async remove(
    kind: string,
    signal: AbortSignal,
    statement: Statement,
    ...values: readonly number[]
  ): Promise<void> {
    const removed = await inBatches(
      signal,
      async () => (await this.database.query(statement, [BATCH, ...values])).length,
    );
    this.metrics.housekeeping.inc({ kind }, removed);
  }
}
