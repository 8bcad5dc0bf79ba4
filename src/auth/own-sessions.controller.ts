import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems } from '../common/openapi/api-problems.decorator.js';
import { CurrentSession } from './current-session.decorator.js';
import { SessionListResponse, type SessionListItem } from './dto/session-list.response.js';
import { LivenessInStatement } from './liveness-in-statement.decorator.js';
import { OwnSessions, type OwnSession } from './own-sessions.service.js';
import type { SessionPrincipal } from './session-token.strategy.js';
import { VerifiedSignInOnly } from './verification/verified-sign-in.decorator.js';

const PROBLEMS = [
  ...(['missing_token', 'invalid_token', 'token_expired', 'session_ended', 'session_mismatch'] as const),
  'not_found',
] as const;

@ApiTags('Sessions')
@ApiBearerAuth()
@VerifiedSignInOnly()
@Controller('auth/sessions')
export class OwnSessionsController {
  constructor(private readonly sessions: OwnSessions) {}

  @Get()
  @LivenessInStatement()
  @ApiOperation({
    operationId: 'listSessions',
    summary: 'List one’s own sessions',
    description: 'The live sessions of the caller’s address, where the service verifies addresses.',
  })
  @ApiOkResponse({ description: 'The sessions.', type: SessionListResponse })
  @ApiProblems(...PROBLEMS)
  async listSessions(@CurrentSession() caller: SessionPrincipal): Promise<SessionListResponse> {
    const sessions = await this.sessions.list(caller.sessionId);
    return { sessions: sessions.map(toListItem) };
  }

  @Delete(':session_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endOwnSession',
    summary: 'End one of one’s own sessions',
    description: 'For example one on a lost device. Its token is refused from then on, by every replica.',
  })
  @ApiParam({
    name: 'session_id',
    description: 'A `session_id` of the list.',
    schema: { type: 'string', maxLength: 32, example: 'q2vK0m5d1XHn7cT9yLwA3eRzBfJ8sUgP' },
  })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  @ApiProblems(...PROBLEMS)
  async endOwnSession(
    @CurrentSession() caller: SessionPrincipal,
    @Param('session_id') sessionId: string,
  ): Promise<void> {
    await this.sessions.end(caller.sessionId, sessionId);
  }
}

function toListItem(session: OwnSession): SessionListItem {
  return {
    session_id: session.id,
    created_at: session.created_at.toISOString(),
    expires_at: session.expires_at.toISOString(),
    last_activity: session.last_activity.toISOString(),
    messages_used: session.message_count,
    current: session.is_current,
  };
}
