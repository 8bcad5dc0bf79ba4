import { Injectable } from '@nestjs/common';
import { Drain } from '../../common/http/drain.js';
import { busy } from '../../common/load/refusal.js';
import { Metrics } from '../../common/metrics/metrics.js';
import { Configuration } from '../../config/configuration.js';
import type { RunningTurn } from './running-turn.js';

interface Entry {
  readonly turn: RunningTurn;
  readonly ended: Promise<unknown>;
}

/** The turns this process is working on. A stop waits for them, also for those nobody listens to any more. */
@Injectable()
export class RunningTurns {
  private readonly most: number;
  private readonly entries = new Map<string, Entry>();

  constructor(
    drain: Drain,
    private readonly metrics: Metrics,
    { chat }: Configuration,
  ) {
    this.most = chat.maxRunningTurns;
    drain.join({ finish: () => Promise.all([...this.entries.values()].map(({ ended }) => ended)) });
  }

  /** @throws {Problem} `service_unavailable` when this process works on as many turns as it may. */
  assertRoom(): void {
    if (this.entries.size >= this.most) {
      this.metrics.refusedRequests.inc({ reason: 'turns' });
      throw busy();
    }
  }

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

  /** Unless a later attempt at the same turn has taken its place. */
  private forget(turnId: string, entry: Entry): void {
    if (this.entries.get(turnId) === entry) {
      this.entries.delete(turnId);
    }
  }
}
