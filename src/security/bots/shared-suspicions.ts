import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../../common/redis/redis-connection.js';
import { BOT_TIMING } from './bot-timing.js';
import { InProcessSuspicions } from './in-process-suspicions.js';
import { observeInRedis } from './redis-suspicions.js';
import type { Observation, Suspicions, Verdict } from './suspicions.js';

/**
 * Suspicions that all replicas share where there is a Redis. This process counts along: when Redis fails,
 * its own scores take over as they stand.
 */
@Injectable()
export class SharedSuspicions implements Suspicions {
  private readonly own = new InProcessSuspicions(BOT_TIMING);

  constructor(private readonly redis: RedisConnection) {}

  async observe(observations: readonly Observation[]): Promise<Verdict> {
    const own = await this.own.observe(observations);
    return this.redis.use(
      (client) => observeInRedis(client, observations, BOT_TIMING),
      () => own,
    );
  }
}
