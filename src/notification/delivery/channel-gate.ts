import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ChannelUnavailable } from './delivery-errors.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = { outage: 5_000, settings: 60_000 };
/** After so long the job in hand goes back to the queue; well below the time a job may take. */
const LONGEST_STAY_MS = 60_000;

/**
 * Holds deliveries back while a channel takes none. Whoever has a job in hand waits here with it, so nothing
 * else is taken from the queue, no job uses up its tries, and the backlog flows as soon as one delivery gets
 * through. Says what is wrong once, until that changes.
 */
export class ChannelGate {
  private readonly logger = new Logger(ChannelGate.name);
  private closedUntil = 0;
  private waitMs = 0;
  private problem: string | undefined;
  private opening = new AbortController();
  private isStopped = false;

  constructor(private readonly channel: string) {}

  /**
   * Waits until the gate is open. While there is trouble one caller at a time gets through, as a probe.
   *
   * @returns false when it has not opened within a minute, or the service is being stopped.
   */
  async pass(): Promise<boolean> {
    const deadline = Date.now() + LONGEST_STAY_MS;
    for (let wait = this.remaining(); wait > 0; wait = this.remaining()) {
      if (this.isStopped || Date.now() >= deadline) {
        return false;
      }
      await delay(wait, undefined, { signal: this.opening.signal }).catch(() => undefined);
    }
    if (this.problem !== undefined) {
      this.closedUntil = Date.now() + this.waitMs;
    }
    return true;
  }

  /** Closes for a while, which grows with each call until the gate is opened. */
  close({ message, kind }: ChannelUnavailable): void {
    this.waitMs = Math.min(LONGEST_WAIT_MS[kind], Math.max(FIRST_WAIT_MS, this.waitMs * 2));
    this.closedUntil = Date.now() + this.waitMs;
    if (message !== this.problem) {
      this.problem = message;
      this.logger[kind === 'settings' ? 'error' : 'warn']({
        msg: `notifications wait: ${message}`,
        channel: this.channel,
      });
    }
  }

  /** The other side asked for a pause; nothing is wrong. */
  closeFor(ms: number): void {
    this.closedUntil = Math.max(this.closedUntil, Date.now() + ms);
  }

  /** A delivery got through. */
  open(): void {
    if (this.problem !== undefined) {
      this.problem = undefined;
      this.waitMs = 0;
      this.closedUntil = 0;
      this.logger.log({ msg: 'notifications are delivered again', channel: this.channel });
      this.release();
    }
  }

  /** Lets go of everybody who waits, so that the service can end. */
  stop(): void {
    this.isStopped = true;
    this.release();
  }

  private remaining(): number {
    return this.closedUntil - Date.now();
  }

  private release(): void {
    this.opening.abort();
    this.opening = new AbortController();
  }
}
