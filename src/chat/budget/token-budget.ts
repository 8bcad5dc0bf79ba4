import { Injectable } from '@nestjs/common';
import { AiService } from '../../ai/ai.service.js';
import type { Transaction } from '../../common/events/transaction.js';
import { Problem } from '../../common/problem/problem.js';
import { Configuration } from '../../config/configuration.js';
import type { TurnReply } from '../turn-reply.js';
import { RESERVE_TOKENS, SETTLE_TOKENS } from './token-statements.js';

const DAY_MS = 86_400_000;

/**
 * Holds turns to AI_SESSION_TOKEN_LIMIT and AI_DAILY_TOKEN_LIMIT. What a turn can cost at most is reserved in
 * the transaction that accepts it and settled in the one that ends it, so that turns at the same time cannot
 * overdraw a budget together. Without a limit it does nothing.
 */
@Injectable()
export class TokenBudget {
  private readonly limits: Configuration['ai']['tokenLimits'];

  constructor(
    private readonly ai: AiService,
    configuration: Configuration,
  ) {
    this.limits = configuration.ai.tokenLimits;
  }

  /** @throws {Problem} `token_limit_reached`; the turn must then not be accepted. */
  async reserve(transaction: Transaction, sessionId: string, turnId: string, message: string): Promise<void> {
    const { session, daily } = this.limits;
    if (session === undefined && daily === undefined) {
      return;
    }
    const [reserved] = await transaction.query<{ in_session: boolean; in_day: boolean }>(RESERVE_TOKENS, [
      sessionId,
      turnId,
      this.ai.mostTokens(message),
      session ?? null,
      daily ?? null,
    ]);
    if (reserved?.in_session !== true) {
      throw new Problem('token_limit_reached', {
        detail: 'This session has used up what it may cost; sign in again to begin a new one.',
      });
    }
    if (!reserved.in_day) {
      throw new Problem('token_limit_reached', {
        detail: 'The service has used up what it may cost today.',
        retryAfterSeconds: Math.ceil((DAY_MS - (Date.now() % DAY_MS)) / 1_000),
      });
    }
  }

  /**
   * Travels with COMMIT. Where a model has written and nobody knows what it cost, what was reserved counts as spent.
   */
  settle(transaction: Transaction, turnId: string, { usage, model, outcome, text }: TurnReply): void {
    const { session, daily } = this.limits;
    if (session === undefined && daily === undefined) {
      return;
    }
    const isKnown = usage.promptTokens !== null || usage.completionTokens !== null;
    const cost = (usage.promptTokens ?? 0) + (usage.completionTokens ?? 0);
    const hasWritten = model !== null || (outcome === 'interrupted' && text !== '');
    transaction.enlist(SETTLE_TOKENS, [turnId, isKnown ? cost : hasWritten ? null : 0]);
  }
}
