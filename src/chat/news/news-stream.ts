import { OpenStream } from '../streaming/open-stream.js';
import { SESSION_ENDED, type ErrorEvent } from '../streaming/stream-event.js';
import { encodeNews } from './news-event.js';
import type { NewsPage } from './news-page.js';

/** How far a reader knows a session. */
export interface KnownPlace {
  readonly sessionId: string;
  readonly place: number;
  readonly isTakenOver: boolean;
}

/**
 * Tells the news of one session from a place on. A page is read when the one before it has been taken, so a slow
 * reader costs a page.
 */
export class NewsStream extends OpenStream {
  private place: number;
  private isTakenOver: boolean;
  /** Whether there may be news that it has not been given. */
  private isBehind = true;

  constructor(
    start: KnownPlace,
    heartbeatMs: number,
    /** Called when it can take a page and there may be one. */
    private readonly onBehind: (stream: NewsStream) => void,
  ) {
    super(start.sessionId, heartbeatMs);
    this.place = start.place;
    this.isTakenOver = start.isTakenOver;
    this.push(encodeNews({ type: 'ready', operator: start.isTakenOver }, start.place));
  }

  /** Undefined while news are on their way to it, or wait for their reader. */
  get known(): KnownPlace | undefined {
    const { sessionId, place, isTakenOver } = this;
    return this.isBehind || this.isReleased ? undefined : { sessionId, place, isTakenOver };
  }

  wake(): void {
    this.isBehind = true;
    this.pump();
  }

  /** A look tells: first what was said before the end, then the end. */
  override endSession(): void {
    this.wake();
  }

  /**
   * The place to read after; what wakes it from now on is for the next look. Where the look fails, its place stays
   * behind that of the session, which is noticed within a second.
   */
  beginLook(): number {
    this.isBehind = false;
    return this.place;
  }

  /** What a look has found. */
  tell({ events, hasMore, operatorFrom, lastSequence, erasedThrough, isLive }: NewsPage): void {
    if (this.isReleased) {
      return;
    }
    if (operatorFrom === null) {
      this.tellPresence(false);
    }
    if (erasedThrough > this.place) {
      this.send(encodeNews({ type: 'history_erased' }, erasedThrough));
      this.place = erasedThrough;
    }
    for (const { place, event } of events) {
      if (operatorFrom !== null && place >= operatorFrom) {
        this.tellPresence(true);
      }
      this.send(encodeNews(event, place));
      this.place = place;
    }
    if (hasMore) {
      this.wake();
      return;
    }
    this.tellPresence(operatorFrom !== null);
    this.place = Math.max(this.place, lastSequence);
    if (!isLive) {
      this.endWith(SESSION_ENDED);
    }
  }

  protected override pump(): void {
    if (this.isBehind && this.isWanted && !this.isReleased) {
      this.onBehind(this);
    }
  }

  protected override encodeEnd(event: ErrorEvent): string {
    return encodeNews(event);
  }

  private tellPresence(isTakenOver: boolean): void {
    if (this.isTakenOver !== isTakenOver) {
      this.isTakenOver = isTakenOver;
      this.send(encodeNews({ type: isTakenOver ? 'operator_joined' : 'operator_left' }));
    }
  }
}
