import { Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerOptions, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Metrics } from '../../common/metrics/metrics.js';
import { Problem } from '../../common/problem/problem.js';
import type { Configuration } from '../../config/configuration.js';
import { rateLimitHeaders, secondsLeft, type CountedPolicy } from './rate-limit-headers.js';
import {
  limitedRoute,
  rateLimitPolicies,
  subjectOf,
  windowKey,
  type RateLimitPolicy,
} from './rate-limit-policy.js';

interface PolicyThrottler {
  readonly policy: RateLimitPolicy;
}

/** Counts a request against each policy of its route, and refuses it where one is exhausted. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  @Inject() private readonly metrics: Metrics;
  private readonly counted = new WeakMap<FastifyRequest, CountedPolicy[]>();

  /** @throws {Problem} `rate_limited`. */
  protected override async handleRequest(props: ThrottlerRequest): Promise<boolean> {
    const { policy } = props.throttler as unknown as PolicyThrottler;
    const http = props.context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = windowKey(policy, subjectOf(policy, request) ?? '');
    const record = await this.storageService.increment(key, props.ttl, props.limit, 0, policy.partition);
    const window = { hits: record.totalHits, remainingMs: record.timeToExpire };
    const counted = [...(this.counted.get(request) ?? []), { policy, window }];
    this.counted.set(request, counted);
    void http.getResponse<FastifyReply>().headers(rateLimitHeaders(counted));
    if (record.isBlocked) {
      this.metrics.limitedRequests.inc({ action: policy.action, partition: policy.partition });
      throw new Problem('rate_limited', {
        detail: `This ${policy.partition} may send ${policy.limit} of these requests every ${policy.windowMs / 1_000} seconds.`,
        retryAfterSeconds: secondsLeft(window),
      });
    }
    return true;
  }
}

/** One throttler per policy; each looks only at the routes of its action. */
export function throttlerOptions(configuration: Configuration): ThrottlerOptions[] {
  const { rateLimitingEnabled } = configuration.security;
  return rateLimitPolicies(configuration).map((policy) => ({
    policy,
    name: `${policy.action}-${policy.partition}`,
    limit: policy.limit,
    ttl: policy.windowMs,
    skipIf: (context: ExecutionContext) => {
      const request = context.switchToHttp().getRequest<FastifyRequest>();
      const { limitedAction, isUnlimited } = limitedRoute(request);
      return (
        !rateLimitingEnabled ||
        limitedAction !== policy.action ||
        isUnlimited?.(request) === true ||
        subjectOf(policy, request) === undefined
      );
    },
  }));
}
