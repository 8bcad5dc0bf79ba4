import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Admission } from '../common/load/admission.js';
import { Problem } from '../common/problem/problem.js';
import type { IdempotencyKey } from './idempotency-key.js';
import { MessageIntake } from './message-intake.js';
import type { StreamEncoding } from './streaming/encodings/stream-encoding.js';
import { EventStreams } from './streaming/event-streams.js';
import type { EventStream } from './streaming/event-stream.js';
import { OpenStreams } from './streaming/open-streams.js';
import { RunningTurns } from './streaming/running-turns.js';
import { TurnRunner, type StartedRun } from './turn-runner.js';
import { TurnStore } from './turn.store.js';
import { erasedMessage, unknownMessage } from './unknown-message.js';
import type { AnsweredTurn, Turn } from './turn.js';

export interface SendResult {
  readonly turn: AnsweredTurn;
  /** Whether the turn had been answered before and is only told again. */
  readonly isReplayed: boolean;
}

/** How long a twin waits for the turn that is already running, looking again after each of these. */
const TWIN_WAITS_MS = [50, 100, 200, 300, 400, 500, 500, 500];

/**
 * Sending a message: intake, accept, model, complete. With a key the whole life happens once, however often and
 * in whichever way it is sent; a turn goes on to its end whether or not the caller stays to hear it.
 */
@Injectable()
export class ChatService {
  constructor(
    private readonly intake: MessageIntake,
    private readonly turns: TurnStore,
    private readonly runner: TurnRunner,
    private readonly streams: EventStreams,
    private readonly running: RunningTurns,
    private readonly open: OpenStreams,
    private readonly admission: Admission,
  ) {}

  /**
   * Sends a message and waits for its reply.
   *
   * @throws {Problem} `turn_in_progress` when the same key is still being answered elsewhere, and what
   * {@link TurnStore.accept} throws.
   */
  async send(sessionId: string, message: string, key: IdempotencyKey | undefined): Promise<SendResult> {
    const begun = await this.begin(sessionId, message, key);
    this.admission.onlyWaits();
    if (!('ended' in begun)) {
      return this.replay(sessionId, begun);
    }
    const turn = await begun.ended;
    return turn === undefined ? giveUp() : { turn, isReplayed: false };
  }

  /**
   * Sends a message and shows its reply while it is being written; a turn that exists is shown from its start.
   *
   * @throws {Problem} what {@link TurnStore.accept} throws.
   */
  async stream(
    sessionId: string,
    message: string,
    key: IdempotencyKey | undefined,
    encoding: StreamEncoding,
  ): Promise<EventStream> {
    this.open.assertRoom();
    const begun = await this.begin(sessionId, message, key);
    return 'ended' in begun
      ? this.streams.of(begun.turn.feed, 0, encoding)
      : this.streams.open(begun.id, 0, encoding);
  }

  /**
   * Shows a turn of this session again, from the event after the one with this sequence on.
   *
   * @throws {Problem} `not_found`, `session_ended`.
   */
  async resume(
    sessionId: string,
    turnId: string,
    sequence: number,
    encoding: StreamEncoding,
  ): Promise<EventStream> {
    this.open.assertRoom();
    if ((await this.turns.find(sessionId, turnId)) === undefined) {
      throw unknownMessage();
    }
    return this.streams.open(turnId, sequence + 1, encoding);
  }

  /**
   * Ends a running turn, whichever replica runs it, and keeps the text so far.
   *
   * @throws {Problem} `not_found`, `session_ended`.
   */
  async cancel(sessionId: string, turnId: string): Promise<void> {
    if (!(await this.turns.requestCancel(sessionId, turnId))) {
      throw unknownMessage();
    }
  }

  /** Takes a message in and starts getting its reply, or finds the turn that its key names. */
  private async begin(
    sessionId: string,
    message: string,
    key: IdempotencyKey | undefined,
  ): Promise<StartedRun | Turn> {
    this.running.assertRoom();
    const incoming = await this.intake.take(message);
    const acceptance = await this.turns.accept(sessionId, incoming, key);
    if (acceptance.kind === 'existing') {
      return acceptance.turn;
    }
    this.intake.report(incoming, acceptance.turn.id);
    return this.runner.run(acceptance.turn, incoming);
  }

  private async replay(sessionId: string, existing: Turn): Promise<SendResult> {
    let turn: Turn = existing;
    for (const wait of TWIN_WAITS_MS) {
      if (turn.reply !== undefined) {
        break;
      }
      await delay(wait);
      const found = await this.turns.find(sessionId, existing.id);
      if (found === undefined) {
        throw erasedMessage();
      }
      turn = found;
    }
    return turn.reply === undefined ? giveUp() : { turn: { ...turn, reply: turn.reply }, isReplayed: true };
  }
}

function giveUp(): never {
  throw new Problem('turn_in_progress', {
    detail: 'This message is still being answered; send it again with the same Idempotency-Key.',
    retryAfterSeconds: 1,
  });
}
