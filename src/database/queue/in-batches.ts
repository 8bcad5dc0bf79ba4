import { setTimeout as delay } from 'node:timers/promises';

/** Between two batches, so that visitors' statements come first on a busy server. */
const PAUSE_MS = 50;

/**
 * Does a long piece of work in small transactions: calls `batch`, which returns how many rows it has dealt with,
 * until there are none left or the signal aborts. Whatever is left then is found by the next run.
 *
 * @returns how many rows all batches have dealt with.
 */
export async function inBatches(signal: AbortSignal, batch: () => Promise<number>): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const rows = await batch();
    if (rows === 0) {
      break;
    }
    total += rows;
    await delay(PAUSE_MS);
  }
  return total;
}
