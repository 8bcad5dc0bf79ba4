import { Global, Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { DomainEvents } from './events/domain-events.js';
import { Drain } from './http/drain.js';
import { Admission } from './load/admission.js';
import { EventLoop } from './load/event-loop.js';
import { StuckLoop } from './load/stuck-loop.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { Metrics } from './metrics/metrics.js';
import { RedisConnection } from './redis/redis-connection.js';

@Global()
@Module({
  imports: [EventEmitterModule.forRoot()],
  providers: [DomainEvents, RedisConnection, Metrics, MetricsServer, Drain, StuckLoop, EventLoop, Admission],
  exports: [DomainEvents, RedisConnection, Metrics, Drain, EventLoop, Admission],
})
export class CommonModule {}
