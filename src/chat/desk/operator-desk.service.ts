import { Injectable } from '@nestjs/common';
import { SessionCloser } from '../../auth/session-closer.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { newMessageId } from '../../common/ids.js';
import { Metrics } from '../../common/metrics/metrics.js';
import { Configuration } from '../../config/configuration.js';
import { Database } from '../../database/database.js';
import type { PipelinedTransaction } from '../../database/pipelined-transaction.js';
import { SETTLE_TOKENS } from '../budget/token-statements.js';
import { OperatorHandedBack } from '../events/operator-handed-back.event.js';
import { OperatorTookOver } from '../events/operator-took-over.event.js';
import { ReplyCompleted } from '../events/reply-completed.event.js';
import {
  BEGIN_COMMAND,
  DESCRIBE_SESSION,
  HAND_BACK,
  SELECT_PENDING_TURNS,
  TAKE_OVER,
} from './desk-statements.js';

/** `unchanged`: the session was in that state already. `repeated`: this very command took effect before. */
export type DeskResult = 'done' | 'unchanged' | 'repeated' | 'session_ended';

/** What an operator may know of a session. */
export interface SessionDescription {
  readonly isLive: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastActivity: Date;
  readonly messageCount: number;
  readonly operatorMessageCount: number;
  /** Whether an operator answers instead of a model. */
  readonly isTakenOver: boolean;
}

interface CommandedSession {
  readonly is_live: boolean;
  readonly is_taken_over: boolean;
}

/**
 * What an operator decides about a conversation. Each command has an id and takes effect once, however often it
 * is told; all of them act under the lock of the session's row, which every accept and complete takes as well.
 */
@Injectable()
export class OperatorDesk {
  constructor(
    private readonly database: Database,
    private readonly events: DomainEvents,
    private readonly sessions: SessionCloser,
    private readonly metrics: Metrics,
    private readonly configuration: Configuration,
  ) {}

  /**
   * Lets an operator answer instead of a model: once this is committed, no reply of a model is stored in the
   * session any more. Turns that a model was answering end with the configured notice.
   */
  async takeOver(sessionId: string, commandId: string): Promise<DeskResult> {
    let ended = 0;
    const result = await this.command(sessionId, commandId, async (transaction, { is_taken_over }) => {
      if (is_taken_over) {
        return 'unchanged';
      }
      ended = await this.endPendingTurns(transaction, sessionId);
      return 'done';
    });
    this.metrics.endedTurns.inc({ outcome: 'operator' }, ended);
    return result;
  }

  /** Lets models answer again, beginning with the next message. */
  handBack(sessionId: string, commandId: string): Promise<DeskResult> {
    return this.command(sessionId, commandId, async (transaction, { is_taken_over }) => {
      if (!is_taken_over) {
        return 'unchanged';
      }
      await transaction.query(HAND_BACK, [sessionId]);
      await this.events.publish(new OperatorHandedBack(sessionId), transaction);
      return 'done';
    });
  }

  /** Ends the session, wherever it is open. */
  end(sessionId: string, commandId: string): Promise<DeskResult> {
    return this.command(sessionId, commandId, async (transaction) => {
      await this.sessions.end(transaction, sessionId, 'ended_by_operator');
      return 'done';
    });
  }

  /** Ends the session, and refuses its visitor's address a new one for a while. */
  block(sessionId: string, commandId: string, durationMs: number): Promise<DeskResult> {
    return this.command(sessionId, commandId, async (transaction) => {
      await this.sessions.block(transaction, sessionId, durationMs);
      return 'done';
    });
  }

  async describe(sessionId: string): Promise<SessionDescription | undefined> {
    const [row] = await this.database.query<DescriptionRow>(DESCRIBE_SESSION, [sessionId]);
    return (
      row && {
        isLive: row.is_live,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        lastActivity: row.last_activity,
        messageCount: row.message_count,
        operatorMessageCount: row.operator_message_count,
        isTakenOver: row.is_taken_over,
      }
    );
  }

  private command(
    sessionId: string,
    commandId: string,
    carryOut: (transaction: PipelinedTransaction, session: CommandedSession) => Promise<DeskResult>,
  ): Promise<DeskResult> {
    return this.database.transaction(async (transaction) => {
      const [session] = await transaction.query<CommandedSession & { is_new: boolean }>(BEGIN_COMMAND, [
        sessionId,
        commandId,
      ]);
      if (session?.is_new === false) {
        return 'repeated';
      }
      return session?.is_live === true ? carryOut(transaction, session) : 'session_ended';
    });
  }

  private async endPendingTurns(transaction: PipelinedTransaction, sessionId: string): Promise<number> {
    const pending = await transaction.query<{ id: string }>(SELECT_PENDING_TURNS, [sessionId]);
    const turns = pending.map(({ id }) => ({ id, replyId: newMessageId() }));
    const [takeover] = await transaction.query<{ sequence: number }>(TAKE_OVER, [
      sessionId,
      turns.map(({ id }) => id),
      turns.map(({ replyId }) => replyId),
      this.configuration.chat.operatorNotice,
    ]);
    const { sequence } = takeover as { sequence: number };
    await this.events.publish(new OperatorTookOver(sessionId, sequence), transaction);
    for (const { id, replyId } of turns) {
      // What the model's call had cost by then nobody knows: what was reserved counts as spent.
      transaction.enlist(SETTLE_TOKENS, [id, null]);
      await this.events.publish(
        new ReplyCompleted(sessionId, id, replyId, 'operator', null, 0, NO_USAGE, 0),
        transaction,
      );
    }
    return turns.length;
  }
}

const NO_USAGE = { promptTokens: null, completionTokens: null };

interface DescriptionRow {
  readonly is_live: boolean;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly last_activity: Date;
  readonly message_count: number;
  readonly operator_message_count: number;
  readonly is_taken_over: boolean;
}
