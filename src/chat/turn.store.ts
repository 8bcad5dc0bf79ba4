import { Injectable } from '@nestjs/common';
import { authenticationProblem } from '../auth/authentication-problem.js';
import { DomainEvents } from '../common/events/domain-events.js';
import { newMessageId } from '../common/ids.js';
import { Metrics } from '../common/metrics/metrics.js';
import { Problem } from '../common/problem/problem.js';
import { Configuration } from '../config/configuration.js';
import { Database } from '../database/database.js';
import { existingTurn, startedTurn, type Acceptance, type AcceptRow } from './acceptance.js';
import { TokenBudget } from './budget/token-budget.js';
import { MessageReceived } from './events/message-received.event.js';
import type { IdempotencyKey } from './idempotency-key.js';
import { DISCARD_DELTAS, REQUEST_CANCEL } from './streaming/delta-statements.js';
import type { IncomingMessage } from './message-intake.js';
import type { TurnReply } from './turn-reply.js';
import { TurnCompletion } from './turn-completion.js';
import { ACCEPT_TURN, SELECT_TURN } from './turn-statements.js';
import { toTurn, type StartedTurn, type Turn, type TurnRow } from './turn.js';

/**
 * A twin that was met in the very act is visible to the second run: the session's lock, which both need,
 * is only free once the twin has committed.
 */
const ACCEPT_TRIES = 2;

/** Reads and writes turns; the one place that knows how a turn's life is kept in the database. */
@Injectable()
export class TurnStore {
  constructor(
    private readonly database: Database,
    private readonly events: DomainEvents,
    private readonly metrics: Metrics,
    private readonly budget: TokenBudget,
    private readonly completion: TurnCompletion,
    private readonly configuration: Configuration,
  ) {}

  /**
   * Accepts a message as a new turn, takes over a turn whose process died, or finds the turn its key names.
   *
   * @throws {Problem} `session_ended`, `message_limit_reached`, `idempotency_key_reused`.
   */
  async accept(
    sessionId: string,
    message: IncomingMessage,
    key: IdempotencyKey | undefined,
  ): Promise<Acceptance> {
    for (let tryNumber = 1; ; tryNumber += 1) {
      const acceptance = await this.tryToAccept(sessionId, message, key, tryNumber === ACCEPT_TRIES);
      if (acceptance !== undefined) {
        return acceptance;
      }
    }
  }

  /**
   * Stores the reply and ends the turn.
   *
   * @returns the turn as it now stands: with this reply, or with another one if this attempt had been
   * overtaken, or without any if its session was erased meanwhile.
   */
  async complete(
    turn: StartedTurn,
    replyId: string,
    reply: TurnReply,
    deltaEnds: readonly number[] | null,
  ): Promise<Turn | undefined> {
    const stored = await this.database.transaction((transaction) =>
      this.completion.store(transaction, turn, replyId, reply, deltaEnds),
    );
    if (stored?.is_new === true) {
      this.metrics.endedTurns.inc({ outcome: reply.outcome });
    }
    if (stored === undefined) {
      await this.database.query(DISCARD_DELTAS, [turn.id, turn.attempt]);
      return this.find(turn.sessionId, turn.id);
    }
    const { text, model, usage, outcome } = reply;
    return {
      ...{ id: turn.id, message: turn.message, outcome, isPending: false, createdAt: turn.createdAt },
      partialText: '',
      reply: { id: replyId, text, createdAt: stored.timestamp, model, usage },
    };
  }

  /** @throws {Problem} `session_ended`. */
  async find(sessionId: string, turnId: string): Promise<Turn | undefined> {
    const [row] = await this.database.query<TurnRow | { id: null }>(SELECT_TURN, [sessionId, turnId]);
    if (row === undefined) {
      throw authenticationProblem('session_ended');
    }
    return row.id === null ? undefined : toTurn(row);
  }

  /**
   * Asks for the end of a turn, whichever replica runs it; where it has ended already, nothing changes.
   *
   * @returns whether the session has such a turn.
   * @throws {Problem} `session_ended`.
   */
  async requestCancel(sessionId: string, turnId: string): Promise<boolean> {
    const [row] = await this.database.query<{ id: string | null }>(REQUEST_CANCEL, [sessionId, turnId]);
    if (row === undefined) {
      throw authenticationProblem('session_ended');
    }
    return row.id !== null;
  }

  private async tryToAccept(
    sessionId: string,
    message: IncomingMessage,
    key: IdempotencyKey | undefined,
    isLastTry: boolean,
  ): Promise<Acceptance | undefined> {
    const { maxMessagesPerSession, turnLeaseMs } = this.configuration.chat;
    const contextTurns = Math.floor(this.configuration.ai.contextMessages / 2);
    return this.database.transaction(async (transaction) => {
      const [row] = await transaction.query<AcceptRow>(ACCEPT_TURN, [
        sessionId,
        newMessageId(),
        message.text,
        key?.value ?? null,
        key?.digest(message.received) ?? null,
        maxMessagesPerSession,
        turnLeaseMs,
        contextTurns,
      ]);
      if (row?.is_live !== true) {
        throw authenticationProblem('session_ended');
      }
      const turn = startedTurn(row, sessionId, message.text);
      if (turn !== undefined) {
        if (row.is_new === true) {
          if (message.blockedBy === undefined && !turn.isLeftToOperator) {
            await this.budget.reserve(transaction, sessionId, turn.id, message.text);
          }
          await this.events.publish(
            new MessageReceived(sessionId, turn.id, turn.isLeftToOperator),
            transaction,
          );
        }
        return { kind: 'started', turn };
      }
      const existing = existingTurn(row);
      // Neither started nor found: with a key this may be a twin met in the very act, so look once more.
      if (existing === undefined && (key === undefined || isLastTry)) {
        throw new Problem('message_limit_reached', {
          detail: `A session holds at most ${maxMessagesPerSession} messages.`,
        });
      }
      return existing;
    });
  }
}
