import { Readable } from 'node:stream';
import { HEARTBEAT, SESSION_ENDED, type ErrorEvent } from './stream-event.js';

/** Holds a batch of deltas or two; thousands of readers that do not read must stay cheap. */
const BUFFER_BYTES = 4_096;

/**
 * The body of one answer of server-sent events: written as fast as its client takes it, with a sign of life while
 * there is nothing new.
 */
export abstract class OpenStream extends Readable {
  /** Whether the client has taken what there was, so that more may be sent. */
  protected isWanted = false;
  protected isReleased = false;
  private hasBegun = false;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    readonly sessionId: string,
    heartbeatMs: number,
  ) {
    super({ highWaterMark: BUFFER_BYTES });
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs);
  }

  /** Headers of the answer beyond those of every stream. */
  get headers(): Readonly<Record<string, string>> {
    return {};
  }

  /** Ends this answer early, with a reason its client can act on. */
  endWith(event: ErrorEvent): void {
    if (!this.destroyed && !this.isReleased) {
      this.push(this.encodeEnd(event));
      this.finish();
    }
  }

  /** The session has ended, or may have. */
  endSession(): void {
    this.endWith(SESSION_ENDED);
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

  /** Sends what there is, for as long as it is wanted. */
  protected abstract pump(): void;

  protected abstract encodeEnd(event: ErrorEvent): string;

  protected send(text: string): void {
    this.isWanted = this.push(text);
  }

  protected finish(): void {
    this.release();
    this.push(null);
  }

  protected release(): void {
    this.isReleased = true;
    clearInterval(this.heartbeat);
  }

  private beat(): void {
    // A client that does not even take what there is needs no sign of life.
    if (this.isWanted && !this.isReleased) {
      this.send(HEARTBEAT);
    }
  }
}
