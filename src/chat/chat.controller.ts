import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentSession } from '../auth/current-session.decorator.js';
import { LivenessInStatement } from '../auth/liveness-in-statement.decorator.js';
import type { SessionPrincipal } from '../auth/session-token.strategy.js';
import { ApiProblems } from '../common/openapi/api-problems.decorator.js';
import { BotChecked } from '../security/bots/bot-checked.decorator.js';
import { RateLimited } from '../security/throttling/rate-limited.decorator.js';
import { ChatService } from './chat.service.js';
import { HistoryEraser } from './erasure/history-eraser.js';
import { HistoryItem, toHistoryEntry, toHistoryItem } from './dto/history-item.response.js';
import { HistoryQuery } from './dto/history.query.js';
import { HistoryResponse } from './dto/history.response.js';
import { SendMessageRequest } from './dto/send-message.request.js';
import { SendMessageResponse } from './dto/send-message.response.js';
import { HistoryService, invalidCursor } from './history.service.js';
import { ApiIdempotencyKey, IdempotencyKeyHeader, type IdempotencyKey } from './idempotency-key.js';
import { MessageLengthPipe } from './message-length.pipe.js';
import { TurnStore } from './turn.store.js';
import { TURN_ID } from './turn.js';
import { unknownMessage } from './unknown-message.js';

@ApiTags('Chat')
@ApiBearerAuth()
@Controller('chat')
export class ChatController {
  constructor(
    private readonly chat: ChatService,
    private readonly turns: TurnStore,
    private readonly history: HistoryService,
    private readonly eraser: HistoryEraser,
  ) {}

  @Post()
  @HttpCode(200)
  @LivenessInStatement()
  @BotChecked('chat')
  @RateLimited('chat')
  @ApiOperation({
    operationId: 'sendMessage',
    summary: 'Send a message and get the reply',
    description:
      'With an `Idempotency-Key` the message is accepted once, answered once and may be sent again at any time: ' +
      'a finished turn is returned as it was, with `Idempotent-Replayed: true`. The turn goes on when the caller disconnects.',
  })
  @ApiIdempotencyKey()
  @ApiOkResponse({
    description: 'The reply. `outcome` says how the turn ended.',
    type: SendMessageResponse,
    headers: {
      'Idempotent-Replayed': {
        description: 'Present when the turn had been answered before.',
        schema: { type: 'string', enum: ['true'] },
      },
    },
  })
  @ApiProblems(
    ...(['validation_failed', 'malformed_json', 'invalid_idempotency_key'] as const),
    ...(['missing_token', 'invalid_token', 'token_expired', 'session_ended', 'session_mismatch'] as const),
    ...(['turn_in_progress', 'message_erased', 'payload_too_large', 'unsupported_media_type'] as const),
    ...(['bot_suspected', 'idempotency_key_reused', 'message_limit_reached'] as const),
    ...(['token_limit_reached', 'rate_limited'] as const),
  )
  async sendMessage(
    @CurrentSession() caller: SessionPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey | undefined,
    @Body(MessageLengthPipe) body: SendMessageRequest,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<SendMessageResponse> {
    const { turn, isReplayed } = await this.chat.send(caller.sessionId, body.message, key);
    if (isReplayed) {
      void response.header('idempotent-replayed', 'true');
    }
    return {
      success: true,
      response: turn.reply.text,
      message_id: turn.id,
      reply_id: turn.reply.id,
      outcome: turn.outcome,
      created_at: turn.createdAt.toISOString(),
    };
  }

  @Get('history')
  @LivenessInStatement()
  @ApiOperation({
    operationId: 'getHistory',
    summary: 'Read the conversation back',
    description:
      'The newest page first; within a page the oldest item first. Follow `next_cursor` to go back in time. An item is ' +
      'a turn, or, with role `operator`, what an operator said to the visitor.',
  })
  @ApiOkResponse({ description: 'A page of the conversation.', type: HistoryResponse })
  @ApiProblems(
    ...(['validation_failed', 'invalid_cursor'] as const),
    ...(['missing_token', 'invalid_token', 'token_expired', 'session_ended', 'session_mismatch'] as const),
  )
  async getHistory(
    @CurrentSession() caller: SessionPrincipal,
    @Query() query: HistoryQuery,
  ): Promise<HistoryResponse> {
    if (query.before !== undefined && !TURN_ID.test(query.before)) {
      throw invalidCursor();
    }
    const page = await this.history.read(caller.sessionId, query.limit, query.before);
    return {
      messages: page.entries.map(toHistoryEntry),
      total: page.total,
      has_more: page.nextCursor !== undefined,
      next_cursor: page.nextCursor ?? null,
    };
  }

  @Delete('history')
  @HttpCode(204)
  @LivenessInStatement()
  @ApiOperation({
    operationId: 'eraseHistory',
    summary: 'Erase the conversation',
    description:
      'Removes every message of the session, whoever wrote it, and ends replies that are being written; whoever waits ' +
      'for one gets `message_erased`. The session goes on with an empty conversation: later replies know nothing of ' +
      'what was erased. Messages that were used up stay used up, and an `Idempotency-Key` that was used before the ' +
      'erasure is refused with `idempotency_key_reused`, so that no retry brings a message back.',
  })
  @ApiNoContentResponse({ description: 'There are no messages any more.' })
  @ApiProblems('missing_token', 'invalid_token', 'token_expired', 'session_ended', 'session_mismatch')
  async eraseHistory(@CurrentSession() caller: SessionPrincipal): Promise<void> {
    await this.eraser.erase(caller.sessionId);
  }

  @Get('messages/:message_id')
  @LivenessInStatement()
  @ApiOperation({
    operationId: 'getMessage',
    summary: 'Read one turn',
    description: 'How a message stands, for example after its connection was lost.',
  })
  @ApiParam({
    name: 'message_id',
    description: 'The `message_id` that sending returned.',
    schema: { type: 'string', pattern: TURN_ID.source, maxLength: 32, example: 'AZq3mZ8ReK1c0Vt5LrYpTg' },
  })
  @ApiOkResponse({ description: 'The turn.', type: HistoryItem })
  @ApiProblems(
    'missing_token',
    'invalid_token',
    'token_expired',
    'session_ended',
    'session_mismatch',
    'not_found',
  )
  async getMessage(
    @CurrentSession() caller: SessionPrincipal,
    @Param('message_id') messageId: string,
  ): Promise<HistoryItem> {
    const turn = TURN_ID.test(messageId) ? await this.turns.find(caller.sessionId, messageId) : undefined;
    if (turn === undefined) {
      throw unknownMessage();
    }
    return toHistoryItem(turn);
  }

  @Post('messages/:message_id/cancel')
  @HttpCode(202)
  @LivenessInStatement()
  @ApiOperation({
    operationId: 'cancelMessage',
    summary: 'Stop a reply',
    description:
      'Ends a turn that is being answered, whichever way it was sent, and keeps the text so far as its reply. ' +
      'A turn that has ended stays as it is.',
  })
  @ApiParam({
    name: 'message_id',
    description: 'The `message_id` that sending returned.',
    schema: { type: 'string', pattern: TURN_ID.source, maxLength: 32, example: 'AZq3mZ8ReK1c0Vt5LrYpTg' },
  })
  @ApiAcceptedResponse({ description: 'The turn ends as soon as it can.' })
  @ApiProblems(
    ...(['missing_token', 'invalid_token', 'token_expired', 'session_ended', 'session_mismatch'] as const),
    'not_found',
  )
  async cancelMessage(
    @CurrentSession() caller: SessionPrincipal,
    @Param('message_id') messageId: string,
  ): Promise<void> {
    if (!TURN_ID.test(messageId)) {
      throw unknownMessage();
    }
    await this.chat.cancel(caller.sessionId, messageId);
  }
}
