import type { RateLimitPolicy } from './rate-limit-policy.js';
import type { WindowState } from './fixed-windows.js';

export interface CountedPolicy {
  readonly policy: RateLimitPolicy;
  readonly window: WindowState;
}

/** `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10, one item per policy. */
export function rateLimitHeaders(counted: readonly CountedPolicy[]): Record<string, string> {
  return {
    'ratelimit-policy': counted
      .map(({ policy }) => `"${policy.partition}";q=${policy.limit};w=${policy.windowMs / 1_000}`)
      .join(', '),
    ratelimit: counted
      .map(({ policy, window }) => {
        const remaining = Math.max(0, policy.limit - window.hits);
        return `"${policy.partition}";r=${remaining};t=${secondsLeft(window)}`;
      })
      .join(', '),
  };
}

/** Whole seconds until the window ends, rounded up, so that a caller who waits that long is served. */
export function secondsLeft({ remainingMs }: WindowState): number {
  return Math.max(1, Math.ceil(remainingMs / 1_000));
}
