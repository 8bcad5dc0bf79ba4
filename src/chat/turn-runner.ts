import { Injectable } from '@nestjs/common';
import { AiService } from '../ai/ai.service.js';
import type { FinishedReply } from '../ai/reply.js';
import { toProblem } from '../common/problem/framework-errors.js';
import type { Problem } from '../common/problem/problem.js';
import { Configuration } from '../config/configuration.js';
import { Sanitiser } from '../security/sanitiser/sanitiser.service.js';
import type { IncomingMessage } from './message-intake.js';
import { DeltaJournal } from './streaming/delta-journal.js';
import { RunningTurn } from './streaming/running-turn.js';
import { RunningTurns } from './streaming/running-turns.js';
import { ReplyStorage } from './reply-storage.js';
import { blockedReply, operatorReply, type TurnReply } from './turn-reply.js';
import { erasedMessage } from './unknown-message.js';
import type { AnsweredTurn, StartedTurn } from './turn.js';

/** A turn that is being worked on, and how it will have ended. */
export interface StartedRun {
  readonly turn: RunningTurn;
  /**
   * Undefined where another attempt overtook this one and has no reply yet either. Rejects early where the reply
   * cannot be stored now, although that is still being tried.
   */
  readonly ended: Promise<AnsweredTurn | undefined>;
}

/**
 * Gets the reply to a turn and stores it, whoever waits for it and however they read it. No database connection
 * is held while the model works, and the turn goes on to its end when everybody has gone.
 */
@Injectable()
export class TurnRunner {
  constructor(
    private readonly storage: ReplyStorage,
    private readonly ai: AiService,
    private readonly sanitiser: Sanitiser,
    private readonly journal: DeltaJournal,
    private readonly running: RunningTurns,
    private readonly configuration: Configuration,
  ) {}

  run(started: StartedTurn, incoming: IncomingMessage): StartedRun {
    const turn = new RunningTurn(started, this.journal);
    const outage = Promise.withResolvers<never>();
    const work = this.work(started, incoming, turn, outage.reject);
    const ended = Promise.race([this.running.track(started.id, turn, work), outage.promise]);
    // A stream's reader hears of a failure as its last event; nobody else may be waiting.
    ended.catch(() => undefined);
    return { turn, ended };
  }

  private async work(
    started: StartedTurn,
    incoming: IncomingMessage,
    running: RunningTurn,
    tellOutage: (problem: Problem) => void,
  ): Promise<AnsweredTurn | undefined> {
    try {
      const reply = await this.getReply(started, incoming, running);
      const ends = await running.finish();
      const turn = await this.storage.store(started, reply, ends, tellOutage);
      if (turn === undefined) {
        throw erasedMessage();
      }
      if (turn.reply === undefined) {
        running.overtaken();
        return undefined;
      }
      const answered = { ...turn, reply: turn.reply };
      running.end(answered, ends);
      return answered;
    } catch (error) {
      const { code, detail } = toProblem(error);
      running.endWith({ type: 'error', code, detail });
      throw error;
    }
  }

  private async getReply(
    started: StartedTurn,
    { blockedBy }: IncomingMessage,
    running: RunningTurn,
  ): Promise<TurnReply> {
    if (blockedBy !== undefined || started.isLeftToOperator) {
      const reply =
        blockedBy === undefined
          ? operatorReply(this.configuration.chat.operatorNotice)
          : blockedReply(blockedBy);
      running.push(reply.text);
      return reply;
    }
    const reply = await this.askModel(started, running);
    return { ...reply, text: running.fullText };
  }

  private async askModel({ message, history }: StartedTurn, running: RunningTurn): Promise<FinishedReply> {
    const clean = this.sanitiser.stream();
    for await (const part of this.ai.reply({ message, history, signal: running.signal })) {
      if (part.type === 'finish') {
        running.push(await clean.end());
        return part.reply;
      }
      running.push(await clean.push(part.text));
    }
    throw new Error('a reply ended without its finish part');
  }
}
