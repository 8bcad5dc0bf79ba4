import { Readable } from 'node:stream';
import type { StreamEncoding } from './encodings/stream-encoding.js';
import { HEARTBEAT, type ErrorEvent } from './stream-event.js';
import type { TurnFeed } from './turn-feed.js';

/** Holds a batch of deltas or two; thousands of readers that do not read must stay cheap. */
const BUFFER_BYTES = 4_096;

/**
 * The body of one streaming answer: reads a turn's feed from a sequence on, as fast as its client takes it,
 * and gives a sign of life while there is nothing new.
 */
export class EventStream extends Readable {
  private isWanted = false;
  private isReleased = false;
  private hasBegun = false;
  private readonly unsubscribe: () => void;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly feed: TurnFeed,
    private next: number,
    readonly encoding: StreamEncoding,
    heartbeatMs: number,
  ) {
    super({ highWaterMark: BUFFER_BYTES });
    this.unsubscribe = feed.subscribe(() => this.pump());
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs);
  }

  get sessionId(): string {
    return this.feed.sessionId;
  }

  /**
   * Ends this answer early, with a reason its client can act on; the turn goes on. The event is none of the
   * turn's: it bears the id of the last one, so that reading on after it misses nothing.
   */
  endWith(event: ErrorEvent): void {
    if (!this.destroyed && !this.isReleased) {
      this.push(this.encoding.encode(this.feed.turnId, this.next - 1, event));
      this.finish();
    }
  }

  override _read(): void {
    this.isWanted = true;
    this.pump();
    if (!this.hasBegun) {
      // Headers travel with the first byte; a reader that has seen all there is must not wait for them.
      this.hasBegun = true;
      this.beat();
    }
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.release();
    callback(error);
  }

  private pump(): void {
    while (this.isWanted && !this.isReleased) {
      // A client that names a place past the end is told the end again, rather than nothing.
      const sequence = this.feed.isEnded ? Math.min(this.next, this.feed.length - 1) : this.next;
      const event = this.feed.at(sequence);
      if (event === undefined) {
        return;
      }
      this.isWanted = this.push(this.encoding.encode(this.feed.turnId, sequence, event));
      this.next = sequence + 1;
      if (this.feed.isEnded && this.next === this.feed.length) {
        this.finish();
      }
    }
  }

  private beat(): void {
    // A client that does not even take what there is needs no sign of life.
    if (this.isWanted && !this.isReleased) {
      this.isWanted = this.push(HEARTBEAT);
    }
  }

  private finish(): void {
    this.release();
    this.push(null);
  }

  private release(): void {
    this.isReleased = true;
    clearInterval(this.heartbeat);
    this.unsubscribe();
  }
}
