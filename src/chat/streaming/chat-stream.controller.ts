import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentSession } from '../../auth/current-session.decorator.js';
import { LivenessInStatement } from '../../auth/liveness-in-statement.decorator.js';
import type { SessionPrincipal } from '../../auth/session-token.strategy.js';
import { ApiProblems } from '../../common/openapi/api-problems.decorator.js';
import { BotChecked } from '../../security/bots/bot-checked.decorator.js';
import { RateLimited } from '../../security/throttling/rate-limited.decorator.js';
import { ChatService } from '../chat.service.js';
import { SendMessageRequest } from '../dto/send-message.request.js';
import { STREAM_EVENTS, STREAM_EVENT_SCHEMA } from '../dto/stream-event.response.js';
import { ApiIdempotencyKey, IdempotencyKeyHeader, type IdempotencyKey } from '../idempotency-key.js';
import { MessageLengthPipe } from '../message-length.pipe.js';
import type { EventStream } from './event-stream.js';
import { hasLastEventId, LastEventId, type SeenEvent } from './last-event-id.js';

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
  @ApiHeader({
    name: 'Last-Event-ID',
    description: 'The id of the last event seen: reads on after it, and sends nothing.',
    required: false,
    schema: { type: 'string', maxLength: 42, example: 'AZq3mZ8ReK1c0Vt5LrYpTg:7' },
  })
  @ApiExtraModels(...STREAM_EVENTS)
  @ApiResponse({
    status: 200,
    description: 'The stream. Lines that start with a colon are signs of life.',
    content: { 'text/event-stream': { schema: STREAM_EVENT_SCHEMA } },
  })
  @ApiProblems(
    ...(['validation_failed', 'malformed_json', 'invalid_idempotency_key'] as const),
    ...(['missing_token', 'invalid_token', 'token_expired', 'session_ended', 'not_found'] as const),
    ...(['bot_suspected', 'payload_too_large', 'unsupported_media_type'] as const),
    ...(['idempotency_key_reused', 'message_limit_reached', 'rate_limited'] as const),
  )
  async streamMessage(
    @CurrentSession() caller: SessionPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey | undefined,
    @LastEventId() seen: SeenEvent | undefined,
    @Body(MessageLengthPipe) body: SendMessageRequest,
    @Res() response: FastifyReply,
  ): Promise<void> {
    const events =
      seen === undefined
        ? await this.chat.stream(caller.sessionId, body.message, key)
        : await this.chat.resume(caller.sessionId, seen.turnId, seen.sequence);
    sendEvents(response, events);
  }
}

/** `X-Accel-Buffering` keeps nginx, and those that took it over, from holding events back. */
function sendEvents(response: FastifyReply, events: EventStream): void {
  void response
    .header('cache-control', 'no-store, no-transform')
    .header('x-accel-buffering', 'no')
    .type('text/event-stream; charset=utf-8')
    .send(events);
}
