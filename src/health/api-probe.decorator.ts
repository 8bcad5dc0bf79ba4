import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import { ApiMalformedRequest } from '../common/openapi/api-problems.decorator.js';
import { ProbeResponse } from './dto/probe.response.js';

const DESCRIPTIONS = {
  Liveness:
    'Answers as long as the process can answer at all, also while it stops; no only where its event loop has been ' +
    'as good as stuck for half a minute. Asks nothing else.',
  Readiness:
    'Whether the database answers, its schema is known and the process is not being stopped. Never asks a language model.',
  Startup: 'Whether the start has come to its end: connected once, on a known schema.',
} as const;

/** Documents one address of a probe; each address is an operation with an id of its own. */
export function ApiProbe(probe: keyof typeof DESCRIPTIONS, operationId: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId, summary: `${probe} probe`, description: DESCRIPTIONS[probe] }),
    ApiOkResponse({ description: 'Yes.', type: ProbeResponse }),
    ApiMalformedRequest(),
    ApiServiceUnavailableResponse({ description: 'No.', type: ProbeResponse }),
  );
}
