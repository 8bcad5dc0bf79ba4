import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';
import type { LimitedAction } from '../throttling/rate-limit-policy.js';
import { BotGuard, BOT_CHECKED_ACTION } from './bot.guard.js';

/**
 * Puts a route under the bot rule. Only routes marked so are; probes and the documentation never. Write it
 * above `@RateLimited()`: decorators apply from the bottom up, so what the limits refuse is not judged.
 */
export function BotChecked(action: LimitedAction): MethodDecorator {
  return applyDecorators(SetMetadata(BOT_CHECKED_ACTION, action), UseGuards(BotGuard));
}
