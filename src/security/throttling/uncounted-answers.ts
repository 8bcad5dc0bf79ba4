import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Configuration } from '../../config/configuration.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { limitedRoute, rateLimitPolicies, subjectOf, windowKey } from './rate-limit-policy.js';
import { SharedWindows } from './shared-windows.js';

/**
 * Gives the headers of the rate limit also to answers of a limited route that were never counted, because
 * the request was refused before: without a valid token, or with a body that cannot be read.
 */
@Injectable()
export class UncountedAnswers {
  constructor(
    private readonly windows: SharedWindows,
    private readonly configuration: Configuration,
  ) {}

  register(server: FastifyInstance): void {
    if (!this.configuration.security.rateLimitingEnabled) {
      return;
    }
    server.addHook('onSend', async (request, reply) => {
      if (limitedRoute(request).limitedAction !== undefined && !reply.hasHeader('ratelimit')) {
        await this.addHeaders(request, reply);
      }
    });
  }

  private async addHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { limitedAction } = limitedRoute(request);
    const policies = rateLimitPolicies(this.configuration).filter(
      (policy) => policy.action === limitedAction,
    );
    const counted = await Promise.all(
      policies.map(async (policy) => {
        const subject = subjectOf(policy, request);
        return subject === undefined
          ? []
          : [{ policy, window: await this.windows.read(windowKey(policy, subject), policy.windowMs) }];
      }),
    );
    void reply.headers(rateLimitHeaders(counted.flat()));
  }
}
