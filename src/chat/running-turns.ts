import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';

/** Remembers the turns this process is working on, so that a stop waits for replies nobody listens to any more. */
@Injectable()
export class RunningTurns implements BeforeApplicationShutdown {
  private readonly running = new Set<Promise<unknown>>();

  track<T>(turn: Promise<T>): Promise<T> {
    const tracked = turn.finally(() => this.running.delete(tracked));
    this.running.add(tracked);
    return tracked;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.running);
  }
}
