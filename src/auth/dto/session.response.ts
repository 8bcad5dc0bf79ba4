import { ApiProperty } from '@nestjs/swagger';

export class SessionResponse {
  @ApiProperty({
    description: 'The id of the session.',
    example: 'q2vK0m5d1XHn7cT9yLwA3eRzBfJ8sUgP',
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    maxLength: 32,
  })
  session_id: string;

  @ApiProperty({
    description: 'When the visitor signed in.',
    example: '2026-11-24T09:30:00.123Z',
    format: 'date-time',
  })
  created_at: string;

  @ApiProperty({
    description: 'When the session expires.',
    example: '2026-11-25T09:30:00.000Z',
    format: 'date-time',
  })
  expires_at: string;

  @ApiProperty({
    description: 'When the session was last used; reading is noted at most once a minute.',
    example: '2026-11-24T09:41:07.512Z',
    format: 'date-time',
  })
  last_activity: string;

  @ApiProperty({
    description: 'Messages sent in this session so far.',
    example: 3,
    type: 'integer',
    minimum: 0,
  })
  messages_used: number;

  @ApiProperty({ description: 'Messages that may still be sent.', example: 47, type: 'integer', minimum: 0 })
  messages_remaining: number;
}
