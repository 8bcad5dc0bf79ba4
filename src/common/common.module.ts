import { Global, Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { DomainEvents } from './events/domain-events.js';
import { RedisConnection } from './redis/redis-connection.js';

@Global()
@Module({
  imports: [EventEmitterModule.forRoot()],
  providers: [DomainEvents, RedisConnection],
  exports: [DomainEvents, RedisConnection],
})
export class CommonModule {}
