import { Global, Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { DomainEvents } from './events/domain-events.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { Metrics } from './metrics/metrics.js';
import { RedisConnection } from './redis/redis-connection.js';

@Global()
@Module({
  imports: [EventEmitterModule.forRoot()],
  providers: [DomainEvents, RedisConnection, Metrics, MetricsServer],
  exports: [DomainEvents, RedisConnection, Metrics],
})
export class CommonModule {}
