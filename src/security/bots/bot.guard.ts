import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Configuration } from '../../config/configuration.js';
import { limitedRoute, type LimitedAction } from '../throttling/rate-limit-policy.js';
import { BotBehaviour } from './bot-behaviour.js';
import { requireUserAgent } from './user-agent.js';

export const BOT_CHECKED_ACTION = 'parley:bot-checked-action';

/** Refuses callers that look or behave like scripts, on the routes marked with `@BotChecked()`. */
@Injectable()
export class BotGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly configuration: Configuration,
    private readonly behaviour: BotBehaviour,
  ) {}

  /** @throws {Problem} `bot_suspected`. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { botDetectionEnabled, minUserAgentLength, rateLimitingEnabled } = this.configuration.security;
    const action = this.reflector.get<LimitedAction | undefined>(BOT_CHECKED_ACTION, context.getHandler());
    if (!botDetectionEnabled || action === undefined) {
      return true;
    }
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (action === 'sign-in') {
      requireUserAgent(request, minUserAgentLength);
    }
    // Without limits a load test or an import is let through on purpose, and behaves just like a bot.
    if (rateLimitingEnabled && limitedRoute(request).isUnlimited?.(request) !== true) {
      await this.behaviour.judge(action, request);
    }
    return true;
  }
}
