import { Controller, Get, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentSession } from '../../auth/current-session.decorator.js';
import { LivenessInStatement } from '../../auth/liveness-in-statement.decorator.js';
import type { SessionPrincipal } from '../../auth/session-token.strategy.js';
import { ApiProblems } from '../../common/openapi/api-problems.decorator.js';
import { sendEvents } from '../streaming/send-events.js';
import { NEWS_EVENT_SCHEMA, NEWS_EVENTS } from './dto/news-event.response.js';
import { ApiLastSeenPlace, LastSeenPlace } from './last-seen-place.js';
import { NewsStreams } from './news-streams.js';

@ApiTags('Chat')
@ApiBearerAuth()
@Controller('chat')
export class NewsController {
  constructor(private readonly news: NewsStreams) {}

  @Get('events')
  @LivenessInStatement()
  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'Be told what is new in the conversation',
    description:
      'Server-sent events of one session, whichever device or operator causes them: `ready` first, then replies, ' +
      'operators’ messages and their changes in the order of the conversation, and whether an operator answers. The ' +
      '`id` is a place in the conversation; events without one have none. With the `Last-Event-ID` you have seen you ' +
      'are told on any replica what came after it, nothing twice. The stream stays open until the session ends ' +
      '(`error`, `session_ended`) or the replica is stopped (`error`, `service_unavailable`: open it again). It does ' +
      'not count towards a rate limit, and does not keep an idle session from ending.',
  })
  @ApiLastSeenPlace()
  @ApiExtraModels(...NEWS_EVENTS)
  @ApiResponse({
    status: 200,
    description: 'The stream. Lines that start with a colon are signs of life.',
    content: { 'text/event-stream': { schema: NEWS_EVENT_SCHEMA } },
  })
  @ApiProblems(
    ...(['validation_failed', 'rate_limited'] as const),
    ...(['missing_token', 'invalid_token', 'token_expired', 'session_ended', 'session_mismatch'] as const),
  )
  async streamEvents(
    @CurrentSession() caller: SessionPrincipal,
    @LastSeenPlace() after: number | undefined,
    @Res() response: FastifyReply,
  ): Promise<void> {
    sendEvents(response, await this.news.open(caller.sessionId, after));
  }
}
