import { Injectable } from '@nestjs/common';
import { DomainEvents } from '../common/events/domain-events.js';
import type { PipelinedTransaction } from '../database/pipelined-transaction.js';
import { TokenBudget } from './budget/token-budget.js';
import { completionEvent } from './completion-event.js';
import { PromptLeaked } from './events/prompt-leaked.event.js';
import type { TurnReply } from './turn-reply.js';
import { COMPLETE_TURN } from './turn-statements.js';
import type { TurnAttempt } from './turn.js';

export interface StoredReply {
  readonly timestamp: Date;
  /** False where this very reply had been stored before. */
  readonly is_new: boolean;
}

/** The one way in which a turn ends with a reply: the reply, what it cost and what listeners are told, together. */
@Injectable()
export class TurnCompletion {
  constructor(
    private readonly budget: TokenBudget,
    private readonly events: DomainEvents,
  ) {}

  /** @returns undefined where the turn has ended, belongs to another attempt or has been erased. */
  async store(
    transaction: PipelinedTransaction,
    turn: TurnAttempt,
    replyId: string,
    reply: TurnReply,
    deltaEnds: readonly number[] | null,
  ): Promise<StoredReply | undefined> {
    const { sessionId, id, attempt } = turn;
    const [row] = await transaction.query<StoredReply>(COMPLETE_TURN, [
      ...[sessionId, id, attempt, reply.outcome, replyId, reply.text, reply.model],
      ...[reply.usage.promptTokens, reply.usage.completionTokens, Math.round(reply.durationMs)],
      ...[deltaEnds, reply.attempts],
    ]);
    if (row?.is_new === true) {
      this.budget.settle(transaction, id, reply);
      await this.events.publish(completionEvent(turn, replyId, reply), transaction);
      if (reply.hasLeaked === true) {
        await this.events.publish(new PromptLeaked(sessionId, id, replyId, reply.model), transaction);
      }
    }
    return row;
  }
}
