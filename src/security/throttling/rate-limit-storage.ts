import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { SharedWindows } from './shared-windows.js';

type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * The throttler's storage on fixed windows. The library's own stores either block for a further period and
 * count refused requests towards the next one, which locks out a caller that keeps trying, or keep every
 * request's time (see ADR 0013).
 */
@Injectable()
export class RateLimitStorage implements ThrottlerStorage {
  constructor(private readonly windows: SharedWindows) {}

  async increment(key: string, ttl: number, limit: number): Promise<ThrottlerRecord> {
    const { hits, remainingMs } = await this.windows.hit(key, ttl);
    return {
      totalHits: hits,
      timeToExpire: remainingMs,
      isBlocked: hits > limit,
      timeToBlockExpire: remainingMs,
    };
  }
}
