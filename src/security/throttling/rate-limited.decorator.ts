import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AddRouteConfig } from '../../common/http/route-config.decorator.js';
import { RATE_LIMITED_EXTENSION } from '../../common/openapi/api-description.js';
import type { LimitedAction, LimitedRoute } from './rate-limit-policy.js';
import { RateLimitGuard } from './rate-limit.guard.js';

export interface LimitExemption {
  /** Requests that are served without being counted. */
  readonly unless?: (request: FastifyRequest) => boolean;
}

/**
 * Limits a route: its requests count towards the limits of `action`, after the caller's token was verified.
 * Only routes marked so are limited; probes, the documentation and CORS preflights never are.
 */
export function RateLimited(action: LimitedAction, { unless }: LimitExemption = {}): MethodDecorator {
  return applyDecorators(
    AddRouteConfig({ limitedAction: action, isUnlimited: unless } satisfies LimitedRoute),
    UseGuards(RateLimitGuard),
    ApiExtension(RATE_LIMITED_EXTENSION, action),
  );
}
