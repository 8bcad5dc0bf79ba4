import { SEED } from './fault-options.js';

/** Random choices that a seed brings back. Each scenario has a stream of its own, so that one can be run alone. */
export class Random {
  private state: number;

  constructor(scenario: string, seed = SEED) {
    this.state = Buffer.from(scenario).reduce((mixed, byte) => Math.imul(mixed ^ byte, 16_777_619), seed);
  }

  /** In [0, 1) (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) {
      throw new Error('there is nothing to pick from');
    }
    return item;
  }
}
