import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AiService } from '../ai/ai.service.js';
import { Public } from '../common/http/public.decorator.js';
import { ApiMalformedRequest } from '../common/openapi/api-problems.decorator.js';
import { VERSION } from '../common/version.js';
import { SharedWindows } from '../security/throttling/shared-windows.js';
import { DatabaseHealth } from './database.health.js';
import { ApiProbe } from './api-probe.decorator.js';
import { HealthResponse } from './dto/health.response.js';
import type { ProbeResponse } from './dto/probe.response.js';
import { Probes } from './probes.js';

@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: DatabaseHealth,
    private readonly ai: AiService,
    private readonly limits: SharedWindows,
    private readonly probes: Probes,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getHealth',
    summary: 'Read the state of the service',
    description: 'For people and dashboards; Kubernetes asks the probes.',
  })
  @ApiOkResponse({ description: 'Chats can be served.', type: HealthResponse })
  @ApiServiceUnavailableResponse({ description: 'The database does not answer.', type: HealthResponse })
  @ApiMalformedRequest()
  async getHealth(@Res({ passthrough: true }) response: FastifyReply): Promise<HealthResponse> {
    const isConnected = await this.database.isConnected();
    if (!isConnected) {
      void response.code(503);
    }
    return {
      status: isConnected ? 'healthy' : 'unhealthy',
      timestamp: new Date().toISOString(),
      database: isConnected ? 'connected' : 'disconnected',
      ai_service: this.ai.status(),
      rate_limiting: this.limits.status(),
      version: VERSION,
    };
  }

  @Get('live')
  @ApiProbe('Liveness', 'getHealthLiveness')
  getLiveness(@Res({ passthrough: true }) response: FastifyReply): ProbeResponse {
    return this.probes.liveness(response);
  }

  @Get('ready')
  @ApiProbe('Readiness', 'getHealthReadiness')
  getReadiness(@Res({ passthrough: true }) response: FastifyReply): Promise<ProbeResponse> {
    return this.probes.readiness(response);
  }

  @Get('startup')
  @ApiProbe('Startup', 'getHealthStartup')
  getStartup(@Res({ passthrough: true }) response: FastifyReply): ProbeResponse {
    return this.probes.startup(response);
  }
}
