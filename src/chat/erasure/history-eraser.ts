import { Injectable } from '@nestjs/common';
import { authenticationProblem } from '../../auth/authentication-problem.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { Database } from '../../database/database.js';
import { HistoryErased } from '../events/history-erased.event.js';
import { ERASE_HISTORY, LOCK_LIVE_SESSION } from './erasure-statements.js';

/** Removes a conversation at its visitor's wish; the session goes on. */
@Injectable()
export class HistoryEraser {
  constructor(
    private readonly database: Database,
    private readonly events: DomainEvents,
  ) {}

  /** @throws {Problem} `session_ended`. */
  async erase(sessionId: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      // Sent in one go: the second statement begins, and looks, when the first one has the lock.
      const [live, erased] = await Promise.all([
        transaction.query(LOCK_LIVE_SESSION, [sessionId]),
        transaction.query<{ messages: number }>(ERASE_HISTORY, [sessionId]),
      ]);
      if (live.length === 0) {
        throw authenticationProblem('session_ended');
      }
      if (erased.length > 0) {
        await this.events.publish(new HistoryErased(sessionId), transaction);
      }
    });
  }
}
