import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelUnavailable } from './delivery-errors.js';
import type { OperatorNotices } from './operator-notices.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = { outage: 5_000, settings: 60_000 };
/** After so long the job in hand goes back to the queue; well below the time a job may take. */
const LONGEST_STAY_MS = 60_000;
const PART = 'delivery';

/**
 * Holds deliveries back while a channel takes none. Whoever has a job in hand waits here with it, so nothing
 * else is taken from the queue, no job uses up its tries, and the backlog flows as soon as one delivery gets
 * through.
 */
export class ChannelGate {
  private closedUntil = 0;
  private waitMs = 0;
  private isTroubled = false;
  private opening = new AbortController();
  private isStopped = false;

  constructor(private readonly notices: OperatorNotices) {}

  /**
   * Waits until the gate is open. While there is trouble one caller at a time gets through, as a probe.
   *
   * @returns false when it has not opened within a minute, or the service is being stopped.
   */
  async pass(): Promise<boolean> {
    const deadline = performance.now() + LONGEST_STAY_MS;
    for (let wait = this.remaining(); wait > 0; wait = this.remaining()) {
      if (this.isStopped || performance.now() >= deadline) {
        return false;
      }
      await delay(wait, undefined, { signal: this.opening.signal }).catch(() => undefined);
    }
    if (this.isTroubled) {
      this.closedUntil = performance.now() + this.waitMs;
    }
    return true;
  }

  /**
   * Closes for a while, which grows with each call until the gate is opened.
   *
   * @returns how long it stays closed, in milliseconds.
   */
  close({ message, kind }: ChannelUnavailable): number {
    this.waitMs = Math.min(LONGEST_WAIT_MS[kind], Math.max(FIRST_WAIT_MS, this.waitMs * 2));
    this.closedUntil = performance.now() + this.waitMs;
    this.isTroubled = true;
    this.notices.report(PART, message, kind === 'settings' ? 'error' : 'warn');
    return this.waitMs;
  }

  /** The other side asked for a pause; nothing is wrong. */
  closeFor(ms: number): void {
    this.closedUntil = Math.max(this.closedUntil, performance.now() + ms);
  }

  /** A delivery got through. */
  open(): void {
    if (this.isTroubled) {
      this.isTroubled = false;
      this.waitMs = 0;
      this.closedUntil = 0;
      this.notices.clear(PART);
      this.notices.tell(PART, 'notifications are delivered again');
      this.release();
    }
  }

  /** Lets go of everybody who waits, so that the service can end. */
  stop(): void {
    this.isStopped = true;
    this.release();
  }

  private remaining(): number {
    return this.closedUntil - performance.now();
  }

  private release(): void {
    this.opening.abort();
    this.opening = new AbortController();
  }
}
