import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AiModule } from '../ai/ai.module.js';
import { DatabaseHealth } from './database.health.js';
import { HealthController } from './health.controller.js';
import { Probes } from './probes.js';
import { ProbesController } from './probes.controller.js';

@Module({
  // Terminus would log each failed check; a probe asks every few seconds and its answer already says why.
  imports: [TerminusModule.forRoot({ logger: false }), AiModule],
  controllers: [HealthController, ProbesController],
  providers: [DatabaseHealth, Probes],
})
export class HealthModule {}
