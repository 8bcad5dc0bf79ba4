import { setTimeout as delay } from 'node:timers/promises';

/** Looks until it is there, where nothing tells when; the test's own time-out is the bound. */
export async function until<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined) {
      return found;
    }
    await delay(20);
  }
}
