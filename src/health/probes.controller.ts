import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../common/http/public.decorator.js';
import { ApiProbe } from './api-probe.decorator.js';
import type { ProbeResponse } from './dto/probe.response.js';
import { Probes } from './probes.js';

@ApiTags('Health')
@Public()
@Controller()
export class ProbesController {
  constructor(private readonly probes: Probes) {}

  @Get('livez')
  @ApiProbe('Liveness', 'getLiveness')
  getLiveness(@Res({ passthrough: true }) response: FastifyReply): ProbeResponse {
    return this.probes.liveness(response);
  }

  @Get('readyz')
  @ApiProbe('Readiness', 'getReadiness')
  getReadiness(@Res({ passthrough: true }) response: FastifyReply): Promise<ProbeResponse> {
    return this.probes.readiness(response);
  }

  @Get('startupz')
  @ApiProbe('Startup', 'getStartup')
  getStartup(@Res({ passthrough: true }) response: FastifyReply): ProbeResponse {
    return this.probes.startup(response);
  }
}
