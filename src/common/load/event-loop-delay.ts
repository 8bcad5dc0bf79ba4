import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
const NS_PER_MS = 1_000_000;

/** How late the event loop comes to what is due. */
export class EventLoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.histogram.enable();
  }

  stop(): void {
    this.histogram.disable();
  }

  /** The mean since it was last asked for, in milliseconds. */
  take(): number {
    const { mean } = this.histogram;
    this.histogram.reset();
    // Nothing was measured: not one timer came due.
    return Number.isNaN(mean) ? 0 : Math.max(0, mean / NS_PER_MS - RESOLUTION_MS);
  }
}
