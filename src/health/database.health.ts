import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { DatabaseLifecycle } from '../database/database-lifecycle.js';
import { DatabaseProbe } from '../database/database-probe.js';

/** Whether the database answers now, and whether its schema is one this build knows. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly probe: DatabaseProbe,
    private readonly lifecycle: DatabaseLifecycle,
  ) {}

  async answers(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('database');
    return (await this.isConnected()) ? indicator.up() : indicator.down();
  }

  get isSchemaKnown(): boolean {
    return this.lifecycle.state === 'ready';
  }

  schemaIsKnown(): HealthIndicatorResult {
    const indicator = this.indicators.check('schema');
    return this.isSchemaKnown ? indicator.up() : indicator.down();
  }

  isConnected(): Promise<boolean> {
    return this.probe.answers();
  }
}
