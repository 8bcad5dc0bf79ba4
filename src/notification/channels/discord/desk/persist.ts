import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../../../common/problem/problem.js';
import { ChannelUnavailable, DeliveryPostponed, DeliveryRefused } from '../../../delivery/delivery-errors.js';
import { DiscordFailure } from '../discord-api.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** How often something is tried whose failure will hardly pass by itself. */
const TRIES = 5;

/**
 * Tries again whatever may yet succeed: as long as it takes while the database or Discord is away, for as long
 * as Discord asks to wait, and a few times after any other failure.
 *
 * @throws what cannot be mended by trying, or the signal's reason.
 */
export async function persist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      const waitMs = waitAfter(meaningOf(error), failures);
      if (waitMs === undefined) {
        throw error;
      }
      await delay(waitMs, undefined, { signal });
    }
  }
}

/** What a failure comes to, whoever it came from. */
export function meaningOf(error: unknown): unknown {
  return error instanceof DiscordFailure ? error.meaning : error;
}

function waitAfter(error: unknown, failures: number): number | undefined {
  if (error instanceof DeliveryPostponed) {
    return error.afterMs;
  }
  if (error instanceof DeliveryRefused || (failures >= TRIES && !passes(error))) {
    return undefined;
  }
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10));
}

function passes(error: unknown): boolean {
  return error instanceof ChannelUnavailable
    ? error.kind === 'outage'
    : error instanceof Problem && error.code === 'service_unavailable';
}
