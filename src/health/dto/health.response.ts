import { ApiProperty } from '@nestjs/swagger';
import type { RateLimitingStatus } from '../../security/throttling/shared-windows.js';

export class HealthResponse {
  @ApiProperty({
    description: 'Whether chats can be served.',
    example: 'healthy',
    enum: ['healthy', 'unhealthy'],
  })
  status: 'healthy' | 'unhealthy';

  @ApiProperty({
    description: 'When this was found.',
    example: '2026-11-24T09:30:00.123Z',
    format: 'date-time',
  })
  timestamp: string;

  @ApiProperty({
    description: 'Whether the database answers.',
    example: 'connected',
    enum: ['connected', 'disconnected'],
  })
  database: 'connected' | 'disconnected';

  @ApiProperty({
    description: 'From what the language models last did; `degraded` also where none is configured.',
    example: 'available',
    enum: ['available', 'degraded', 'unavailable'],
  })
  ai_service: 'available' | 'degraded' | 'unavailable';

  @ApiProperty({
    description:
      'How requests are counted: `shared` by all replicas through Redis; `local`, each process for itself; ' +
      '`degraded`, each for itself because Redis does not answer; `off`, not at all.',
    example: 'shared',
    enum: ['shared', 'local', 'degraded', 'off'],
  })
  rate_limiting: RateLimitingStatus;

  @ApiProperty({ description: 'The version of the service.', example: '0.1.0', maxLength: 50 })
  version: string;
}
