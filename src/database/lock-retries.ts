import { setTimeout as delay } from 'node:timers/promises';

/** lock_not_available, deadlock_detected: nothing has been done, and the next try may find the table free. */
const LOCK_SQLSTATE = /^(55P03|40P01)$/;
const MAX_TRIES = 20;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Runs `work` until it gets the locks it needs, for about three minutes. While a statement waits for an exclusive
 * lock, all traffic on the table waits behind it; so it waits briefly, lets the traffic pass, and tries again.
 */
export async function untilLocked<T>(inform: (message: string) => void, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isLockFailure(error) || tries === MAX_TRIES) {
        throw error;
      }
      const pauseMs = Math.min(tries * 1_000, LONGEST_PAUSE_MS);
      inform(`a table is in use (try ${tries} of ${MAX_TRIES}); trying again in ${pauseMs / 1_000} s`);
      await delay(pauseMs);
    }
  }
}

function isLockFailure(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    LOCK_SQLSTATE.test(error.code)
  );
}
