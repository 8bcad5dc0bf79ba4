import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult, type HealthIndicatorFunction } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Drain } from '../common/http/drain.js';
import { EventLoop } from '../common/load/event-loop.js';
import { DatabaseHealth } from './database.health.js';
import type { ProbeResponse } from './dto/probe.response.js';

/** What the probes of Kubernetes ask, whatever address they ask at. */
@Injectable()
export class Probes {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseHealth,
    private readonly drain: Drain,
    private readonly loop: EventLoop,
  ) {}

  /** Asks nothing else: an outage elsewhere must never restart a process that is well, nor must a stop. */
  liveness(response: FastifyReply): ProbeResponse {
    return this.loop.isStuck ? unavailable(response, ['event_loop']) : { status: 'ok' };
  }

  /** Never asks a language model: a turn without one still gets its fallback answer. */
  async readiness(response: FastifyReply): Promise<ProbeResponse> {
    if (this.drain.isStopping) {
      // At once: nobody may wait for the database to learn that.
      return unavailable(response, ['shutdown']);
    }
    return this.probe(response, [() => this.database.answers(), () => this.database.schemaIsKnown()]);
  }

  startup(response: FastifyReply): ProbeResponse {
    return this.database.isSchemaKnown ? { status: 'ok' } : unavailable(response, ['schema']);
  }

  private async probe(response: FastifyReply, checks: HealthIndicatorFunction[]): Promise<ProbeResponse> {
    try {
      await this.health.check(checks);
      return { status: 'ok' };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) {
        throw error;
      }
      const { error: failed } = error.getResponse() as HealthCheckResult;
      return unavailable(response, Object.keys(failed ?? {}));
    }
  }
}

function unavailable(response: FastifyReply, failed: string[]): ProbeResponse {
  void response.code(503);
  return { status: 'unavailable', failed };
}
