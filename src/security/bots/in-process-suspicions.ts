import { LRUCache } from 'lru-cache';
import type { BotTiming } from './bot-timing.js';
import { isInhuman, NO_SUSPICION, withArrival, withHit, type Suspicion } from './suspicion.js';
import type { Observation, StartedCoolDown, Suspicions, Verdict } from './suspicions.js';

/** Bounds the memory (about 20 MB in all): beyond it the subjects heard of longest ago are forgotten. */
const MAX_SUBJECTS = 50_000;

/** Suspicions in this process's memory. */
export class InProcessSuspicions implements Suspicions {
  private readonly suspicions = new LRUCache<string, Suspicion>({ max: MAX_SUBJECTS });
  private readonly seenAt = new LRUCache<string, number>({ max: MAX_SUBJECTS });

  /** @param clock Whole milliseconds, so that sums and differences are exact; never goes back. */
  constructor(
    private readonly timing: BotTiming,
    private readonly clock: () => number = () => Math.floor(performance.now()),
  ) {}

  observe(observations: readonly Observation[]): Promise<Verdict> {
    const now = this.clock();
    const cooling = Math.max(...observations.map(({ key }) => this.suspicionOf(key).coolsUntil));
    if (cooling > now) {
      return Promise.resolve({ refusedForMs: cooling - now, started: [] });
    }
    const started = observations.flatMap((observation) => this.count(observation, now));
    const refusedForMs = Math.max(0, ...started.map(({ coolDownMs }) => coolDownMs));
    return Promise.resolve({ refusedForMs, started });
  }

  private count(observation: Observation, now: number): StartedCoolDown[] {
    const { part, key, threshold, counts } = observation;
    const before = this.suspicionOf(key);
    const isHit = this.isHit(observation, before, now);
    const noted = counts === 'cadence' ? withArrival(before, now) : before;
    const after = isHit ? withHit(noted, threshold, now, this.timing) : noted;
    if (after !== before) {
      this.suspicions.set(key, after);
    }
    return after.coolsUntil > now ? [{ part, coolDownMs: after.coolsUntil - now }] : [];
  }

  private isHit({ counts, onceKey = '' }: Observation, { arrivals }: Suspicion, now: number): boolean {
    switch (counts) {
      case 'always':
        return true;
      case 'once':
        return this.isNews(onceKey, now);
      case 'cadence':
        return isInhuman(arrivals, now, this.timing);
    }
  }

  private isNews(onceKey: string, now: number): boolean {
    const seenAt = this.seenAt.get(onceKey) ?? -Infinity;
    if (now - seenAt < this.timing.forgottenAfterMs) {
      return false;
    }
    this.seenAt.set(onceKey, now);
    return true;
  }

  private suspicionOf(key: string): Suspicion {
    return this.suspicions.get(key) ?? NO_SUSPICION;
  }
}
