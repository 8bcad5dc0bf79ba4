import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Database } from '../database/database.js';
import { DatabaseLifecycle } from '../database/database-lifecycle.js';

/** Shorter than the usual time-out of a probe, so that the probe hears a reason and not silence. */
const CHECK_TIMEOUT_MS = 800;

/** Whether the database answers now, and whether its schema is one this build knows. */
@Injectable()
export class DatabaseHealth {
  private running: Promise<boolean> | undefined;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly lifecycle: DatabaseLifecycle,
  ) {}

  async answers(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('database');
    return (await this.isConnected()) ? indicator.up() : indicator.down();
  }

  schemaIsKnown(): HealthIndicatorResult {
    const indicator = this.indicators.check('schema');
    return this.lifecycle.state === 'ready' ? indicator.up() : indicator.down();
  }

  /** Probes that arrive while a check is running share it: a hanging database must not pile up connections. */
  async isConnected(): Promise<boolean> {
    this.running ??= this.ping().finally(() => {
      this.running = undefined;
    });
    const timeout = new AbortController();
    const slow = delay(CHECK_TIMEOUT_MS, false, { signal: timeout.signal }).catch(() => false);
    try {
      return await Promise.race([this.running, slow]);
    } finally {
      timeout.abort();
    }
  }

  private async ping(): Promise<boolean> {
    try {
      await this.database.ping();
      return true;
    } catch {
      // Any failure to answer is the answer; its details belong to whoever needed the data.
      return false;
    }
  }
}
