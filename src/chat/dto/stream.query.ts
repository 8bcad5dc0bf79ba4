import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

export const STREAM_PROTOCOLS = ['events', 'ui-messages'] as const;

export class StreamQuery {
  @ApiPropertyOptional({
    description:
      'How the stream is written: `events`, as described here, or `ui-messages`, which `useChat` of the AI SDK reads.',
    example: 'events',
    enum: STREAM_PROTOCOLS,
    default: 'events',
  })
  @IsOptional()
  @IsIn(STREAM_PROTOCOLS, { message: `must be one of ${STREAM_PROTOCOLS.join(', ')}` })
  protocol: (typeof STREAM_PROTOCOLS)[number] = 'events';
}
