import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../common/metrics/metrics.js';
import { Configuration } from '../../config/configuration.js';
import { Database } from '../../database/database.js';
import { inBatches } from '../../database/queue/in-batches.js';
import { JobQueue, type JobDefinition, type JobRun } from '../../database/queue/job-queue.js';
import { REMOVE_OLD_CONVERSATIONS } from './housekeeping-statements.js';

/** What one transaction may hold locked, and how much it may write. */
const SESSIONS = 20;
const MESSAGES = 500;

/**
 * Removes whole conversations, with their sessions, `RETENTION_DAYS` after these could be used for the last time.
 * Only ended sessions are looked at: those whose time is over are ended first, by a job of their own.
 */
@Injectable()
export class RemoveOldConversationsJob implements JobDefinition<object>, OnModuleInit {
  readonly queue = 'housekeeping.retention';
  readonly schedule = '7 * * * *';
  private readonly logger = new Logger(RemoveOldConversationsJob.name);

  constructor(
    private readonly jobs: JobQueue,
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly configuration: Configuration,
  ) {}

  /** Registered in any case, so that a schedule is never left behind without anybody who works on it. */
  onModuleInit(): void {
    this.jobs.register(this);
  }

  async handle(_data: object, { signal }: JobRun): Promise<void> {
    const { retentionMs } = this.configuration.chat;
    if (retentionMs === undefined) {
      return;
    }
    const total = { sessions: 0, messages: 0 };
    await inBatches(signal, async () => {
      const [removed] = await this.database.query<typeof total>(REMOVE_OLD_CONVERSATIONS, [
        retentionMs,
        SESSIONS,
        MESSAGES,
      ]);
      const { sessions, messages } = removed ?? { sessions: 0, messages: 0 };
      total.sessions += sessions;
      total.messages += messages;
      return sessions + messages;
    });
    this.metrics.housekeeping.inc({ kind: 'sessions_removed' }, total.sessions);
    this.metrics.housekeeping.inc({ kind: 'messages_removed' }, total.messages);
    if (total.sessions > 0) {
      this.logger.log({ msg: 'old conversations removed', ...total });
    }
  }
}
