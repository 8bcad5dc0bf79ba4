import { isTerminal, type StreamEvent } from './stream-event.js';

/**
 * The events of one turn, as far as this process knows them. All its readers share this one log and read it
 * at their own pace, so a slow one costs no more than the buffer of its socket.
 */
export class TurnFeed {
  private readonly log: StreamEvent[] = [];
  private readonly readers = new Set<() => void>();

  constructor(
    readonly turnId: string,
    readonly sessionId: string,
    /** Called when the first reader comes, and when the last one has gone. */
    private readonly onWatchChange: () => void,
  ) {}

  get length(): number {
    return this.log.length;
  }

  get isEnded(): boolean {
    const last = this.log.at(-1);
    return last !== undefined && isTerminal(last);
  }

  get isWatched(): boolean {
    return this.readers.size > 0;
  }

  at(sequence: number): StreamEvent | undefined {
    return this.log[sequence];
  }

  /** Adds the next event; after a terminal one there is no further. */
  append(event: StreamEvent): void {
    if (this.isEnded) {
      return;
    }
    this.log.push(event);
    for (const wake of [...this.readers]) {
      wake();
    }
  }

  /** Has `wake` called at each new event, until the returned function is called. */
  subscribe(wake: () => void): () => void {
    this.readers.add(wake);
    if (this.readers.size === 1) {
      this.onWatchChange();
    }
    return () => {
      if (this.readers.delete(wake) && this.readers.size === 0) {
        this.onWatchChange();
      }
    };
  }
}
