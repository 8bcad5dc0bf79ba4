import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult, type HealthIndicatorFunction } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { DatabaseHealth } from './database.health.js';
import type { ProbeResponse } from './dto/probe.response.js';

/** What the probes of Kubernetes ask, whatever address they ask at. */
@Injectable()
export class Probes {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseHealth,
  ) {}

  /** Asks nothing else: an outage elsewhere must never restart a process that is well. */
  liveness(): ProbeResponse {
    return { status: 'ok' };
  }

  /** Never asks a language model: a turn without one still gets its fallback answer. */
  readiness(response: FastifyReply): Promise<ProbeResponse> {
    return this.probe(response, [() => this.database.answers(), () => this.database.schemaIsKnown()]);
  }

  startup(response: FastifyReply): Promise<ProbeResponse> {
    return this.probe(response, [() => this.database.schemaIsKnown()]);
  }

  private async probe(response: FastifyReply, checks: HealthIndicatorFunction[]): Promise<ProbeResponse> {
    try {
      await this.health.check(checks);
      return { status: 'ok' };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) {
        throw error;
      }
      void response.code(503);
      const { error: failed } = error.getResponse() as HealthCheckResult;
      return { status: 'unavailable', failed: Object.keys(failed ?? {}) };
    }
  }
}
