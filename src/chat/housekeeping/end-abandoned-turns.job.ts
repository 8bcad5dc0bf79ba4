import { Injectable, type OnModuleInit } from '@nestjs/common';
import { newMessageId } from '../../common/ids.js';
import { Metrics } from '../../common/metrics/metrics.js';
import { Configuration } from '../../config/configuration.js';
import { Database } from '../../database/database.js';
import { inBatches } from '../../database/queue/in-batches.js';
import { JobQueue, type JobDefinition, type JobRun } from '../../database/queue/job-queue.js';
import { TurnCompletion } from '../turn-completion.js';
import { abandonedReply, operatorReply } from '../turn-reply.js';
import { LOCK_IDLE_SESSION, SELECT_ABANDONED_TURNS, SELECT_REMAINS } from './housekeeping-statements.js';

/** How long after its lease a turn that has a key may still be sent again and be answered. */
const PATIENCE_MS = 3_600_000;
const BATCH = 50;

interface AbandonedTurn {
  readonly id: string;
  readonly session_id: string;
}

interface Remains {
  readonly attempt: number;
  readonly is_taken_over: boolean;
  readonly deltas: readonly string[];
}

/**
 * Ends turns whose process has died and which nobody sends again: as `interrupted`, with what was streamed as their
 * reply, in the way every turn ends. So listeners hear of it, and what the turn had reserved is given back.
 */
@Injectable()
export class EndAbandonedTurnsJob implements JobDefinition<object>, OnModuleInit {
  readonly queue = 'housekeeping.turns';
  readonly schedule = '*/5 * * * *';

  constructor(
    private readonly jobs: JobQueue,
    private readonly database: Database,
    private readonly completion: TurnCompletion,
    private readonly metrics: Metrics,
    private readonly configuration: Configuration,
  ) {}

  onModuleInit(): void {
    this.jobs.register(this);
  }

  async handle(_data: object, { signal }: JobRun): Promise<void> {
    await inBatches(signal, async () => {
      const turns = await this.database.query<AbandonedTurn>(SELECT_ABANDONED_TURNS, [PATIENCE_MS, BATCH]);
      let ended = 0;
      for (const turn of turns) {
        ended += (await this.end(turn)) ? 1 : 0;
      }
      return ended;
    });
  }

  /** @returns false where somebody was at work in the session, or the turn had been taken up meanwhile. */
  private async end({ id, session_id: sessionId }: AbandonedTurn): Promise<boolean> {
    const outcome = await this.database.transaction(async (transaction) => {
      // Sent in one go: the second statement looks when the first one has the lock.
      const [locked, [remains]] = await Promise.all([
        transaction.query(LOCK_IDLE_SESSION, [sessionId]),
        transaction.query<Remains>(SELECT_REMAINS, [sessionId, id]),
      ]);
      if (locked.length === 0 || remains === undefined) {
        return undefined;
      }
      const { attempt, is_taken_over: isTakenOver, deltas } = remains;
      const reply = isTakenOver
        ? operatorReply(this.configuration.chat.operatorNotice)
        : abandonedReply(deltas.join(''));
      const ends = isTakenOver || deltas.length === 0 ? null : endsOf(deltas);
      const turn = { id, sessionId, attempt };
      const stored = await this.completion.store(transaction, turn, newMessageId(), reply, ends);
      return stored === undefined ? undefined : reply.outcome;
    });
    if (outcome !== undefined) {
      this.metrics.endedTurns.inc({ outcome });
      this.metrics.housekeeping.inc({ kind: 'turns_ended' });
    }
    return outcome !== undefined;
  }
}

/** Where each delta ends: as readers of the dead attempt have seen them. */
function endsOf(deltas: readonly string[]): number[] {
  let end = 0;
  return deltas.map((text) => (end += text.length));
}
