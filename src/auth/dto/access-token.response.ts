import { ApiProperty } from '@nestjs/swagger';
import type { SignedInSession } from '../session-opener.js';

export class AccessTokenResponse {
  @ApiProperty({
    description: 'The token to send as `Authorization: Bearer …` with every call of this session.',
    example: 'eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJkZW1vIn0.c2lnbmF0dXJl',
    maxLength: 4096,
  })
  access_token: string;

  @ApiProperty({ description: 'How to use the token (RFC 6750).', example: 'bearer', enum: ['bearer'] })
  token_type: 'bearer';

  @ApiProperty({
    description: 'Seconds until the token expires.',
    example: 86400,
    type: 'integer',
    minimum: 1,
  })
  expires_in: number;

  @ApiProperty({
    description: 'When the token expires.',
    example: '2026-11-25T09:30:00.000Z',
    format: 'date-time',
  })
  expires_at: string;

  @ApiProperty({
    description: 'The session the token opens.',
    example: 'q2vK0m5d1XHn7cT9yLwA3eRzBfJ8sUgP',
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    maxLength: 32,
  })
  session_id: string;
}

export function toAccessToken(session: SignedInSession): AccessTokenResponse {
  return {
    access_token: session.accessToken,
    token_type: 'bearer',
    expires_in: session.lifetimeSeconds,
    expires_at: session.expiresAt.toISOString(),
    session_id: session.sessionId,
  };
}
