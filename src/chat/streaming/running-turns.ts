import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { RunningTurn } from './running-turn.js';

interface Entry {
  readonly turn: RunningTurn;
  readonly ended: Promise<unknown>;
}

/** The turns this process is working on. A stop waits for them, also for those nobody listens to any more. */
@Injectable()
export class RunningTurns implements BeforeApplicationShutdown {
  private readonly entries = new Map<string, Entry>();

  ids(): string[] {
    return [...this.entries.keys()];
  }

  find(turnId: string): RunningTurn | undefined {
    return this.entries.get(turnId)?.turn;
  }

  /** Remembers the turn until `work`, which gets its reply and stores it, has ended. */
  track<T>(turnId: string, turn: RunningTurn, work: Promise<T>): Promise<T> {
    const entry: Entry = {
      turn,
      ended: work.then(
        () => this.forget(turnId, entry),
        () => this.forget(turnId, entry),
      ),
    };
    this.entries.set(turnId, entry);
    return work;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.entries.values()].map(({ ended }) => ended));
  }

  /** Unless a later attempt at the same turn has taken its place. */
  private forget(turnId: string, entry: Entry): void {
    if (this.entries.get(turnId) === entry) {
      this.entries.delete(turnId);
    }
  }
}
