import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../common/problem/problem.js';
import type { AnsweredTurn, StartedTurn } from '../turn.js';
import type { DeltaJournal } from './delta-journal.js';
import { acceptedEvent, deltasOf, doneEvent, RESTARTED, type ErrorEvent } from './stream-event.js';
import { TurnFeed } from './turn-feed.js';

const RETRY_DELAY_MS = 300;

/**
 * A turn that this process is getting a reply for: collects its text, and shows it to readers piece by piece,
 * each piece stored first. Until somebody reads, here or on another replica, nothing is stored before the end.
 */
export class RunningTurn {
  readonly feed: TurnFeed;
  private readonly cancellation = new AbortController();
  /** Where the deltas that were cut so far end. Once cut, a delta never changes: it may have been read elsewhere. */
  private readonly ends: number[] = [];
  private text = '';
  private isWatched = false;
  private isFinishing = false;
  private isOvertaken = false;
  private showing: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly turn: StartedTurn,
    private readonly journal: DeltaJournal,
  ) {
    this.feed = new TurnFeed(turn.id, turn.sessionId, () => this.watch());
    this.feed.append(acceptedEvent(turn.id, turn.createdAt));
  }

  /** See {@link StartedTurn}. */
  get discardedDeltas(): number {
    return this.turn.discardedDeltas;
  }

  /** Aborts when somebody has asked for the end of the turn. */
  get signal(): AbortSignal {
    return this.cancellation.signal;
  }

  /** All the text so far. */
  get fullText(): string {
    return this.text;
  }

  /**
   * Somebody reads. That lasts: a reader who has gone from here may read on elsewhere, and what is shown there
   * is what is stored.
   */
  watch(): void {
    this.isWatched = true;
    this.show();
  }

  cancel(): void {
    this.cancellation.abort();
  }

  push(text: string): void {
    this.text += text;
    this.show();
  }

  /** Takes no further text. Returns where its deltas end; null where the whole text is one. */
  async finish(): Promise<readonly number[] | null> {
    this.isFinishing = true;
    await this.showing;
    if (this.failure !== undefined) {
      throw this.failure;
    }
    if (this.ends.length === 0) {
      return null;
    }
    return this.text.length > this.cut ? [...this.ends, this.text.length] : this.ends;
  }

  /** The turn as it was stored: shows what is left of it, and the end. */
  end(turn: AnsweredTurn, ends: readonly number[] | null): void {
    const shown = this.feed.length - 1;
    const isOurs = turn.reply.text === this.text;
    if (!isOurs && shown > 0) {
      // Another attempt was faster, or an operator has taken over; what is stored is not what was shown here.
      this.feed.append(RESTARTED);
      return;
    }
    for (const delta of deltasOf(turn.reply.text, isOurs ? ends : null).slice(shown)) {
      this.feed.append(delta);
    }
    this.feed.append(doneEvent(turn.reply.id, turn.outcome, turn.reply.text, turn.reply.usage));
  }

  /** Another attempt has the turn now. */
  overtaken(): void {
    this.feed.append(RESTARTED);
  }

  endWith(event: ErrorEvent): void {
    this.feed.append(event);
  }

  private get cut(): number {
    return this.ends.at(-1) ?? 0;
  }

  private get canShow(): boolean {
    return (
      this.text.length > this.cut &&
      this.isWatched &&
      !this.isFinishing &&
      !this.isOvertaken &&
      this.failure === undefined
    );
  }

  private show(): void {
    if (this.canShow) {
      this.showing ??= this.showAll().finally(() => {
        this.showing = undefined;
        // What came after the last look and before this line.
        this.show();
      });
    }
  }

  private async showAll(): Promise<void> {
    while (this.canShow) {
      const text = this.text.slice(this.cut);
      this.ends.push(this.text.length);
      if (await this.store(text, this.ends.length)) {
        this.feed.append({ type: 'delta', text });
      }
    }
  }

  /** Tries until it is stored, or until the reply, which holds the text as well, is about to be. */
  private async store(text: string, sequence: number): Promise<boolean> {
    const { id: turnId, attempt } = this.turn;
    for (;;) {
      try {
        const result = await this.journal.append({ turnId, attempt, sequence, text });
        if (result === 'stored') {
          return true;
        }
        this.isOvertaken = result === 'overtaken';
        this.cancel();
        return !this.isOvertaken;
      } catch (error) {
        if (!(error instanceof Problem && error.code === 'service_unavailable')) {
          this.failure =
            error instanceof Error ? error : new Error('a delta could not be stored', { cause: error });
          return false;
        }
      }
      if (this.isFinishing) {
        return false;
      }
      await delay(RETRY_DELAY_MS);
    }
  }
}
