import { Injectable } from '@nestjs/common';
import { DomainEvents } from '../common/events/domain-events.js';
import type { PipelinedTransaction } from '../database/pipelined-transaction.js';
import { SessionEnded, type SessionEndReason } from './events/session-ended.event.js';
import { BLOCK_VISITOR, END_SESSION } from './session-statements.js';

/** Ends sessions on behalf of somebody other than their visitor, in the caller's transaction. */
@Injectable()
export class SessionCloser {
  constructor(private readonly events: DomainEvents) {}

  /** @returns whether the session was live. */
  async end(
    transaction: PipelinedTransaction,
    sessionId: string,
    reason: SessionEndReason,
  ): Promise<boolean> {
    const ended = await transaction.query(END_SESSION, [sessionId]);
    if (ended.length > 0) {
      await this.events.publish(new SessionEnded(sessionId, reason), transaction);
    }
    return ended.length > 0;
  }

  /** Ends the session and refuses new ones to its address for a while; a longer time set before stays. */
  async block(transaction: PipelinedTransaction, sessionId: string, durationMs: number): Promise<void> {
    await this.end(transaction, sessionId, 'blocked');
    await transaction.query(BLOCK_VISITOR, [sessionId, durationMs]);
  }
}
