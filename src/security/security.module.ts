import { Global, Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Configuration } from '../config/configuration.js';
import { Sanitiser } from './sanitiser/sanitiser.service.js';
import { Screening } from './screening/screening.service.js';
import { BotBehaviour } from './bots/bot-behaviour.js';
import { SharedSuspicions } from './bots/shared-suspicions.js';
import { throttlerOptions } from './throttling/rate-limit.guard.js';
import { RateLimitStorage } from './throttling/rate-limit-storage.js';
import { SharedWindows } from './throttling/shared-windows.js';
import { UncountedAnswers } from './throttling/uncounted-answers.js';

/** What protects every route and is asked for by decorator or by injection. */
@Global()
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [Configuration, RateLimitStorage],
      useFactory: (configuration: Configuration, storage: RateLimitStorage) => ({
        throttlers: throttlerOptions(configuration),
        storage,
      }),
    }),
  ],
  providers: [
    ...[Sanitiser, Screening, SharedWindows, RateLimitStorage, UncountedAnswers],
    ...[SharedSuspicions, BotBehaviour],
  ],
  exports: [Sanitiser, Screening, RateLimitStorage, SharedWindows, BotBehaviour],
})
export class SecurityModule {}
