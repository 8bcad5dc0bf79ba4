import { Injectable } from '@nestjs/common';
import { RedisConnection, type RedisState } from '../../common/redis/redis-connection.js';
import { Configuration } from '../../config/configuration.js';
import type { FixedWindows, WindowState } from './fixed-windows.js';
import { InProcessWindows } from './in-process-windows.js';
import { redisWindows } from './redis-windows.js';

export type RateLimitingStatus = 'shared' | 'local' | 'degraded' | 'off';

const STATUS: Readonly<Record<RedisState, RateLimitingStatus>> = {
  connected: 'shared',
  unconfigured: 'local',
  unreachable: 'degraded',
};

/**
 * Windows that all replicas share where there is a Redis. This process counts along: when Redis fails, its
 * own count takes over as it stands, so a fault neither opens the gate nor locks anybody out.
 */
@Injectable()
export class SharedWindows implements FixedWindows {
  private readonly own = new InProcessWindows();

  constructor(
    private readonly redis: RedisConnection,
    private readonly configuration: Configuration,
  ) {}

  /** What /health says. */
  status(): RateLimitingStatus {
    return this.configuration.security.rateLimitingEnabled ? STATUS[this.redis.state] : 'off';
  }

  async hit(key: string, windowMs: number): Promise<WindowState> {
    const own = await this.own.hit(key, windowMs);
    return this.redis.use(
      (client) => redisWindows.hit(client, key, windowMs),
      () => own,
    );
  }

  read(key: string, windowMs: number): Promise<WindowState> {
    return this.redis.use(
      (client) => redisWindows.read(client, key, windowMs),
      () => this.own.read(key, windowMs),
    );
  }
}
