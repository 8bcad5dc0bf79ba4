import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentSession } from '../../auth/current-session.decorator.js';
import { LivenessInStatement } from '../../auth/liveness-in-statement.decorator.js';
import type { SessionPrincipal } from '../../auth/session-token.strategy.js';
import { ApiProblems } from '../../common/openapi/api-problems.decorator.js';
import { BotChecked } from '../../security/bots/bot-checked.decorator.js';
import { RateLimited } from '../../security/throttling/rate-limited.decorator.js';
import { ChatService } from '../chat.service.js';
import { SendMessageRequest } from '../dto/send-message.request.js';
import { StreamQuery } from '../dto/stream.query.js';
import { ApiIdempotencyKey, IdempotencyKeyHeader, type IdempotencyKey } from '../idempotency-key.js';
import { MessageLengthPipe } from '../message-length.pipe.js';
import { TURN_ID } from '../turn.js';
import { unknownMessage } from '../unknown-message.js';
import { ApiEventStream } from './api-event-stream.decorator.js';
import type { StreamEncoding } from './encodings/stream-encoding.js';
import { TurnEventsEncoding } from './encodings/turn-events.encoding.js';
import { UiMessagesEncoding } from './encodings/ui-messages.encoding.js';
import { ApiLastEventId, hasLastEventId, LastEventId, type SeenEvent } from './last-event-id.js';
import { sendEvents } from './send-events.js';

@ApiTags('Chat')
@ApiBearerAuth()
@Controller('chat')
export class ChatStreamController {
  constructor(private readonly chat: ChatService) {}

  @Post('stream')
  @HttpCode(200)
  @LivenessInStatement()
  @BotChecked('chat')
  @RateLimited('chat', { unless: hasLastEventId })
  @ApiOperation({
    operationId: 'streamMessage',
    summary: 'Send a message and read the reply as it is written',
    description:
      'Server-sent events: `accepted`, any number of `delta`, then exactly one `done` or `error`. The `id` of each is ' +
      '`<message_id>:<sequence>`, counted from 0 without gaps. A dropped connection does not stop the turn: send the same ' +
      'body again with the same `Idempotency-Key` to read it from the start, or with the `Last-Event-ID` you have seen ' +
      'to read on. The joined deltas equal the `response` of `done`.',
  })
  @ApiIdempotencyKey()
  @ApiLastEventId()
  @ApiEventStream()
  @ApiProblems(
    ...(['validation_failed', 'malformed_json', 'invalid_idempotency_key'] as const),
    ...([
      'missing_token',
      'invalid_token',
      'token_expired',
      'session_ended',
      'session_mismatch',
      'not_found',
    ] as const),
    ...(['bot_suspected', 'payload_too_large', 'unsupported_media_type'] as const),
    ...(['idempotency_key_reused', 'message_limit_reached'] as const),
    ...(['token_limit_reached', 'rate_limited'] as const),
  )
  async streamMessage(
    @CurrentSession() caller: SessionPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey | undefined,
    @LastEventId() seen: SeenEvent | undefined,
    @Query() { protocol }: StreamQuery,
    @Body(MessageLengthPipe) body: SendMessageRequest,
    @Res() response: FastifyReply,
  ): Promise<void> {
    const events =
      seen === undefined
        ? await this.chat.stream(caller.sessionId, body.message, key, ENCODINGS[protocol]())
        : await this.chat.resume(caller.sessionId, seen.turnId, seen.sequence, ENCODINGS[protocol]());
    sendEvents(response, events);
  }

  @Get('messages/:message_id/stream')
  @LivenessInStatement()
  @ApiOperation({
    operationId: 'streamMessageAgain',
    summary: 'Read the stream of a turn',
    description:
      'The same events as sending gave, from the start or after `Last-Event-ID`; also of a turn that is still running.',
  })
  @ApiParam({
    name: 'message_id',
    description: 'The `message_id` of the turn.',
    schema: { type: 'string', pattern: TURN_ID.source, maxLength: 32, example: 'AZq3mZ8ReK1c0Vt5LrYpTg' },
  })
  @ApiLastEventId()
  @ApiEventStream()
  @ApiProblems(
    ...(['validation_failed', 'not_found'] as const),
    ...(['missing_token', 'invalid_token', 'token_expired', 'session_ended', 'session_mismatch'] as const),
  )
  async streamMessageAgain(
    @CurrentSession() caller: SessionPrincipal,
    @Param('message_id') turnId: string,
    @LastEventId() seen: SeenEvent | undefined,
    @Query() { protocol }: StreamQuery,
    @Res() response: FastifyReply,
  ): Promise<void> {
    if (!TURN_ID.test(turnId) || (seen !== undefined && seen.turnId !== turnId)) {
      throw unknownMessage();
    }
    sendEvents(
      response,
      await this.chat.resume(caller.sessionId, turnId, seen?.sequence ?? -1, ENCODINGS[protocol]()),
    );
  }
}

const ENCODINGS: Readonly<Record<StreamQuery['protocol'], () => StreamEncoding>> = {
  events: () => new TurnEventsEncoding(),
  'ui-messages': () => new UiMessagesEncoding(),
};
