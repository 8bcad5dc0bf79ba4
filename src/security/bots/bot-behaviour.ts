import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../common/problem/problem.js';
import { Configuration } from '../../config/configuration.js';
import type { LimitedAction } from '../throttling/rate-limit-policy.js';
import { BotObservations } from './bot-observations.js';
import { SharedSuspicions } from './shared-suspicions.js';

/** Judges callers by what they do, and refuses those that go on like a script until they have cooled down. */
@Injectable()
export class BotBehaviour {
  private readonly logger = new Logger(BotBehaviour.name);
  private readonly observations: BotObservations;

  constructor(
    private readonly suspicions: SharedSuspicions,
    configuration: Configuration,
  ) {
    this.observations = new BotObservations(configuration);
  }

  /**
   * Counts a request and refuses it while a subject of it cools down. The caller is not told which part it
   * was, so that it cannot feel its way along the thresholds; the log is.
   *
   * @throws {Problem} `bot_suspected`, with `Retry-After`.
   */
  async judge(action: LimitedAction, request: FastifyRequest): Promise<void> {
    const observations = this.observations.of(action, request);
    if (observations.length === 0) {
      return;
    }
    const { refusedForMs, started } = await this.suspicions.observe(observations);
    for (const { part, coolDownMs } of started) {
      this.logger.warn({ msg: 'bot suspected', part, cool_down_seconds: coolDownMs / 1_000 });
    }
    if (refusedForMs > 0) {
      throw new Problem('bot_suspected', {
        detail: 'The requests look automated; wait as long as Retry-After says, and slow down.',
        retryAfterSeconds: Math.ceil(refusedForMs / 1_000),
      });
    }
  }
}
