import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class ProbeResponse {
  @ApiProperty({ description: 'The answer of the probe.', example: 'ok', enum: ['ok', 'unavailable'] })
  status: 'ok' | 'unavailable';

  @ApiPropertyOptional({
    description: 'With `unavailable`: what is missing.',
    example: ['database'],
    type: 'array',
    items: { type: 'string', enum: ['database', 'schema', 'shutdown', 'event_loop'] },
    maxItems: 10,
  })
  failed?: string[];
}
