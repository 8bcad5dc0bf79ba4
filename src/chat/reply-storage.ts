import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { newMessageId } from '../common/ids.js';
import { Problem } from '../common/problem/problem.js';
import type { TurnReply } from './turn-reply.js';
import { TurnStore } from './turn.store.js';
import type { StartedTurn, Turn } from './turn.js';

/** How often storing a reply is tried while the database is out of reach: within the time its lease has for that. */
const STORE_RETRY_WAITS_MS = [200, 600, 1_500, 3_000, 3_000, 3_000, 3_000];
/** Who waits for the reply hears of an outage after this; the reply is stored all the same when the database is back. */
const UNSTORED_AFTER_MS = 1_000;

/** Stores replies. An outage of the database must not cost one that a model has already written. */
@Injectable()
export class ReplyStorage {
  constructor(private readonly turns: TurnStore) {}

  /**
   * @param tellOutage hears of an outage that lasts, while storing is still being tried.
   * @returns the turn as it now stands, as {@link TurnStore.complete} tells.
   */
  async store(
    started: StartedTurn,
    reply: TurnReply,
    ends: readonly number[] | null,
    tellOutage: (problem: Problem) => void,
  ): Promise<Turn | undefined> {
    const replyId = newMessageId();
    const patienceEnds = performance.now() + UNSTORED_AFTER_MS;
    let patience: NodeJS.Timeout | undefined;
    try {
      for (const wait of STORE_RETRY_WAITS_MS) {
        try {
          return await this.turns.complete(started, replyId, reply, ends);
        } catch (error) {
          if (!(error instanceof Problem && error.code === 'service_unavailable')) {
            throw error;
          }
          patience ??= setTimeout(() => tellOutage(error), Math.max(0, patienceEnds - performance.now()));
          await delay(wait);
        }
      }
      return await this.turns.complete(started, replyId, reply, ends);
    } finally {
      clearTimeout(patience);
    }
  }
}
