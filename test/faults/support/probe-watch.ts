import { setTimeout as delay } from 'node:timers/promises';
import type { Replica } from './replica.js';

const LOOK_EVERY_MS = 100;
/** Long: on a busy machine a late answer is the machine's fault, and shows in the percentiles. */
const PATIENCE_MS = 5_000;

interface Sample {
  readonly at: number;
  readonly status: number | undefined;
  readonly durationMs: number;
}

/** Asks a replica's probes all the time, as an eager orchestrator, and remembers when which answer came. */
export class ProbeWatch {
  readonly liveness: Sample[] = [];
  readonly readiness: Sample[] = [];
  private isOver = false;
  private readonly watching: Promise<unknown>;

  constructor(private readonly replica: Replica) {
    this.watching = Promise.all([this.watch('/livez', this.liveness), this.watch('/readyz', this.readiness)]);
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.watching;
  }

  /** How many looks found the process not alive. */
  get failedLiveness(): number {
    return this.liveness.filter(({ status }) => status !== 200).length;
  }

  livenessPercentile(share: number): number {
    return percentile(
      this.liveness.map(({ durationMs }) => durationMs),
      share,
    );
  }

  /** Seconds from `since` to the first answer like this; undefined when there was none. */
  secondsUntil(status: 200 | 503, since: number): number | undefined {
    const found = this.readiness.find((sample) => sample.at >= since && sample.status === status);
    return found === undefined ? undefined : (found.at - since) / 1_000;
  }

  private async watch(path: '/livez' | '/readyz', samples: Sample[]): Promise<void> {
    while (!this.isOver) {
      const startedAt = performance.now();
      const status = await this.replica.probe(path, PATIENCE_MS);
      const at = performance.now();
      samples.push({ at, status, durationMs: at - startedAt });
      await delay(LOOK_EVERY_MS);
    }
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
