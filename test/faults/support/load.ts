import { setTimeout as delay } from 'node:timers/promises';
import { byForm } from './fault-options.js';

/** Of what the machine can do: the fault is to be seen, not the machine's limit. */
const SHARE_OF_CAPACITY = 0.3;

/** The rate of the acceptance in the long form; in the short one at most what this machine, as busy as it is, can bear. */
export function bearableRate(perSecond: number, capacity: number): number {
  return byForm({
    long: perSecond,
    short: Math.max(5, Math.min(perSecond, Math.floor(capacity * SHARE_OF_CAPACITY))),
  });
}

/**
 * Starts `work` so many times a second for so long, whether or not what was started before has ended: visitors
 * do not wait for each other. Resolves when the last one has ended.
 */
export async function openLoad(
  perSecond: number,
  seconds: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  const startedAt = performance.now();
  const started: Promise<unknown>[] = [];
  const total = perSecond * seconds;
  for (let index = 0; index < total; index += 1) {
    const dueIn = startedAt + (index * 1_000) / perSecond - performance.now();
    if (dueIn > 0) {
      await delay(dueIn);
    }
    started.push(work(index));
  }
  await Promise.all(started);
}

/** So many writers, each with its next piece of work as soon as the one before has ended, until `isOver`. */
export async function closedLoad(
  writers: number,
  isOver: () => boolean,
  work: (writer: number, round: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let round = 0; !isOver(); round += 1) {
        await work(writer, round);
      }
    }),
  );
}
