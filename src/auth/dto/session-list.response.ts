import { ApiProperty, OmitType } from '@nestjs/swagger';
import { SessionResponse } from './session.response.js';

/** One of the caller's own sessions. */
export class SessionListItem extends OmitType(SessionResponse, ['messages_remaining'] as const) {
  @ApiProperty({ description: 'Whether it is the session that asks.', example: true })
  current: boolean;
}

export class SessionListResponse {
  @ApiProperty({
    description: 'The live sessions of the caller’s address, newest first; at most 100.',
    type: [SessionListItem],
    maxItems: 100,
  })
  sessions: SessionListItem[];
}
