import type { StreamEncoding } from './encodings/stream-encoding.js';
import { OpenStream } from './open-stream.js';
import type { ErrorEvent } from './stream-event.js';
import type { TurnFeed } from './turn-feed.js';

/** Reads a turn's feed from a sequence on. The turn goes on when its stream ends early. */
export class EventStream extends OpenStream {
  private readonly unsubscribe: () => void;

  constructor(
    private readonly feed: TurnFeed,
    private next: number,
    private readonly encoding: StreamEncoding,
    heartbeatMs: number,
  ) {
    super(feed.sessionId, heartbeatMs);
    this.unsubscribe = feed.subscribe(() => this.pump());
  }

  override get headers(): Readonly<Record<string, string>> {
    return this.encoding.headers;
  }

  /**
   * An early end is no event of the turn's: it bears the id of the last one, so that reading on misses nothing. One
   * who has not been shown anything yet is shown the first event before it, which names the turn.
   */
  protected override encodeEnd(event: ErrorEvent): string {
    const { turnId } = this.feed;
    const first = this.next === 0 ? this.feed.at(0) : undefined;
    if (first === undefined) {
      return this.encoding.encode(turnId, this.next - 1, event);
    }
    return this.encoding.encode(turnId, 0, first) + this.encoding.encode(turnId, 0, event);
  }

  protected override pump(): void {
    while (this.isWanted && !this.isReleased) {
      // A client that names a place past the end is told the end again, rather than nothing.
      const sequence = this.feed.isEnded ? Math.min(this.next, this.feed.length - 1) : this.next;
      const event = this.feed.at(sequence);
      if (event === undefined) {
        return;
      }
      this.send(this.encoding.encode(this.feed.turnId, sequence, event));
      this.next = sequence + 1;
      if (this.feed.isEnded && this.next === this.feed.length) {
        this.finish();
      }
    }
  }

  protected override release(): void {
    super.release();
    this.unsubscribe();
  }
}
