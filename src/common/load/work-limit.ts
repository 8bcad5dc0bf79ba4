/** Beyond this, everybody waits in line: also the fastest request of a whole interval took so long. */
const TARGET_MS = 1_000;
const LOOP_DELAY_TARGET_MS = 200;
/** The share of the most that a limit grows by at each look, once it has been cut. */
const GROWTH = 1 / 8;

/**
 * How many requests may be worked on at the same time. There is a most, which bounds memory; below it the limit
 * follows what can be done: when even the fastest request of an interval took long, there is a queue that never
 * empties, whatever it is that everybody waits for, and the limit is halved; else it grows again step by step.
 * (The least of an interval tells a standing queue from single slow requests: CoDel, RFC 8289. Halving and growing
 * by steps is how TCP finds its share.)
 */
export class WorkLimit {
  private readonly begun = new Map<object, number>();
  private current: number;
  private fastest: number | undefined;

  constructor(
    private readonly most: number,
    private readonly least: number,
  ) {
    this.current = most;
  }

  get limit(): number {
    return this.current;
  }

  get size(): number {
    return this.begun.size;
  }

  get hasRoom(): boolean {
    return this.begun.size < this.current;
  }

  enter(key: object, nowMs: number): void {
    this.begun.set(key, nowMs);
  }

  /** May be called more than once; only the first counts. */
  leave(key: object, nowMs: number): void {
    const begunAt = this.begun.get(key);
    if (begunAt !== undefined) {
      this.begun.delete(key);
      this.fastest = Math.min(this.fastest ?? Infinity, nowMs - begunAt);
    }
  }

  /** Looks back at the interval since the last look. */
  adjust(loopDelayMs: number, nowMs: number): void {
    const isQueueing = (this.fastest ?? this.ageIfNoneEnds(nowMs)) > TARGET_MS;
    this.fastest = undefined;
    this.current =
      isQueueing || loopDelayMs > LOOP_DELAY_TARGET_MS
        ? Math.max(this.least, Math.floor(this.current / 2))
        : Math.min(this.most, this.current + Math.ceil(this.most * GROWTH));
  }

  /** Where nothing ended and enough is waiting, how long the first has been waiting. */
  private ageIfNoneEnds(nowMs: number): number {
    const [first] = this.begun.values();
    return first === undefined || this.begun.size < this.least ? 0 : nowMs - first;
  }
}
