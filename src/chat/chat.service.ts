import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AiService } from '../ai/ai.service.js';
import type { FinishedReply } from '../ai/reply.js';
import { newMessageId } from '../common/ids.js';
import { Problem } from '../common/problem/problem.js';
import type { IdempotencyKey } from './idempotency-key.js';
import { Sanitiser } from '../security/sanitiser/sanitiser.service.js';
import { MessageIntake, type IncomingMessage } from './message-intake.js';
import { RunningTurns } from './running-turns.js';
import { blockedReply, type TurnReply } from './turn-reply.js';
import { TurnStore } from './turn.store.js';
import type { StartedTurn, Turn } from './turn.js';

export interface SendResult {
  readonly turn: Turn & { readonly reply: NonNullable<Turn['reply']> };
  /** Whether the turn had been answered before and is only told again. */
  readonly isReplayed: boolean;
}

/** How long a twin waits for the turn that is already running, looking again after each of these. */
const TWIN_WAITS_MS = [50, 100, 200, 300, 400, 500, 500, 500];
/** How often storing a reply is tried while the database is out of reach. */
const STORE_RETRY_WAITS_MS = [200, 600, 1_500, 3_000];

/** The life of a turn: intake, accept, model, complete. No database connection is held while the model works. */
@Injectable()
export class ChatService {
  constructor(
    private readonly intake: MessageIntake,
    private readonly turns: TurnStore,
    private readonly ai: AiService,
    private readonly sanitiser: Sanitiser,
    private readonly running: RunningTurns,
  ) {}

  /**
   * Sends a message and waits for its reply. With a key the whole life happens once, however often it is
   * sent; a turn goes on to its end whether or not the caller stays to hear it.
   *
   * @throws {Problem} `turn_in_progress` when the same key is still being answered elsewhere, and what
   * {@link TurnStore.accept} throws.
   */
  async send(sessionId: string, message: string, key: IdempotencyKey | undefined): Promise<SendResult> {
    const incoming = await this.intake.take(message);
    const acceptance = await this.turns.accept(sessionId, incoming, key);
    if (acceptance.kind === 'existing') {
      return this.replay(sessionId, acceptance.turn);
    }
    this.intake.report(incoming, acceptance.turn.id);
    return this.running.track(this.run(acceptance.turn, incoming));
  }

  private async run(started: StartedTurn, { blockedBy }: IncomingMessage): Promise<SendResult> {
    const reply = blockedBy === undefined ? await this.collectReply(started) : blockedReply(blockedBy);
    const turn = await this.store(started, newMessageId(), reply);
    // Only where this attempt was overtaken can the turn still be without a reply.
    return turn === undefined ? this.giveUp() : (this.finished(turn, false) ?? this.giveUp());
  }

  private async collectReply({ message, history }: StartedTurn): Promise<FinishedReply> {
    for await (const part of this.ai.reply({ message, history })) {
      if (part.type === 'finish') {
        return { ...part.reply, text: await this.sanitiser.sanitise(part.reply.text) };
      }
    }
    throw new Error('a reply ended without its finish part');
  }

  /** A short outage of the database must not cost a reply that a model has already written. */
  private async store(started: StartedTurn, replyId: string, reply: TurnReply): Promise<Turn | undefined> {
    for (const wait of STORE_RETRY_WAITS_MS) {
      try {
        return await this.turns.complete(started, replyId, reply);
      } catch (error) {
        if (!(error instanceof Problem && error.code === 'service_unavailable')) {
          throw error;
        }
        await delay(wait);
      }
    }
    return this.turns.complete(started, replyId, reply);
  }

  private async replay(sessionId: string, existing: Turn): Promise<SendResult> {
    let turn: Turn | undefined = existing;
    for (const wait of TWIN_WAITS_MS) {
      const result = turn && this.finished(turn, true);
      if (result !== undefined) {
        return result;
      }
      await delay(wait);
      turn = await this.turns.find(sessionId, existing.id);
    }
    return (turn && this.finished(turn, true)) ?? this.giveUp();
  }

  private finished(turn: Turn, isReplayed: boolean): SendResult | undefined {
    return turn.reply === undefined ? undefined : { turn: { ...turn, reply: turn.reply }, isReplayed };
  }

  private giveUp(): never {
    throw new Problem('turn_in_progress', {
      detail: 'This message is still being answered; send it again with the same Idempotency-Key.',
      retryAfterSeconds: 1,
    });
  }
}
