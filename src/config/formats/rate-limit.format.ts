import type { RateLimit } from '../configuration.js';
import type { Format } from './format.js';

const WINDOWS_MS: ReadonlyMap<string, number> = new Map([
  ['second', 1_000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);

const MAX_REQUESTS = 1_000_000;

/** `10/minute`: how many requests, in how long a window. */
export const rateLimit: Format<RateLimit> = {
  accepts: `a number from 1 to ${MAX_REQUESTS} and a window, such as 10/minute (second, minute, hour or day)`,
  parse: (text) => {
    const [, digits, unit] = /^(\d{1,7})\s*\/\s*([a-z]+)$/i.exec(text) ?? [];
    const limit = Number(digits);
    const windowMs = WINDOWS_MS.get(unit?.toLowerCase() ?? '');
    return windowMs !== undefined && limit >= 1 && limit <= MAX_REQUESTS ? { limit, windowMs } : undefined;
  },
};
