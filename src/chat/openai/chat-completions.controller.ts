import { Body, Controller, HttpCode, Post, Res, UseFilters } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentSession } from '../../auth/current-session.decorator.js';
import { LivenessInStatement } from '../../auth/liveness-in-statement.decorator.js';
import type { SessionPrincipal } from '../../auth/session-token.strategy.js';
import { BodyLimit } from '../../common/http/body-limit.decorator.js';
import { ApiProblems } from '../../common/openapi/api-problems.decorator.js';
import { BotChecked } from '../../security/bots/bot-checked.decorator.js';
import { RateLimited } from '../../security/throttling/rate-limited.decorator.js';
import { ChatService } from '../chat.service.js';
import { ApiIdempotencyKey, IdempotencyKeyHeader, type IdempotencyKey } from '../idempotency-key.js';
import { sendEvents } from '../streaming/send-events.js';
import { ChatCompletionChunksEncoding } from './chat-completion-chunks.encoding.js';
import { ChatCompletionPipe, type ChatCompletionRequest } from './chat-completion.request.js';
import { ChatCompletionResponse, toChatCompletion } from './chat-completion.response.js';
import { OpenAiProblemFilter } from './openai-problem.filter.js';

/** Clients send the whole conversation each time, although only its last message is looked at. */
const BODY_LIMIT_BYTES = 1_048_576;

const REQUEST_SCHEMA = {
  type: 'object' as const,
  required: ['messages'],
  additionalProperties: true,
  properties: {
    model: {
      type: 'string' as const,
      description: 'Any name; which model answers is the operator’s choice.',
      example: 'parley',
      maxLength: 200,
    },
    messages: {
      type: 'array' as const,
      description: 'The last one, of role `user`, is sent; the session knows the others.',
      minItems: 1,
      maxItems: 10_000,
      items: {
        type: 'object' as const,
        required: ['role', 'content'],
        additionalProperties: true,
        properties: {
          role: { type: 'string' as const, example: 'user', maxLength: 20, description: 'Who speaks.' },
          content: { description: 'Text, or text parts.', example: 'Hello, how can you help me?' },
        },
      },
    },
    stream: { type: 'boolean' as const, description: 'Whether to stream.', default: false },
  },
};

/** A front for clients that speak OpenAI's protocol: their key is the access token of a session. */
@ApiTags('Chat')
@ApiBearerAuth()
@UseFilters(OpenAiProblemFilter)
@Controller('v1')
export class ChatCompletionsController {
  constructor(private readonly chat: ChatService) {}

  @Post('chat/completions')
  @HttpCode(200)
  @LivenessInStatement()
  @BotChecked('chat')
  @RateLimited('chat')
  @BodyLimit(BODY_LIMIT_BYTES)
  @ApiOperation({
    operationId: 'createChatCompletion',
    summary: 'Send a message as OpenAI’s clients do',
    description:
      'The same as `POST /chat`, or with `stream` as `POST /chat/stream`, in the protocol of OpenAI’s chat completions. ' +
      'The API key of the client is the access token; everything else that the client sets is left to the operator. ' +
      'Problem documents have a member `error` here, as those clients expect.',
  })
  @ApiIdempotencyKey()
  @ApiBody({ schema: REQUEST_SCHEMA })
  @ApiOkResponse({
    description: 'The reply, or with `stream` its chunks as server-sent events.',
    type: ChatCompletionResponse,
  })
  @ApiProblems(
    ...(['validation_failed', 'malformed_json', 'invalid_idempotency_key'] as const),
    ...([
      'missing_token',
      'invalid_token',
      'token_expired',
      'session_ended',
      'session_mismatch',
      'bot_suspected',
    ] as const),
    ...(['turn_in_progress', 'message_erased', 'payload_too_large', 'unsupported_media_type'] as const),
    ...(['idempotency_key_reused', 'message_limit_reached'] as const),
    ...(['token_limit_reached', 'rate_limited'] as const),
  )
  async createChatCompletion(
    @CurrentSession() caller: SessionPrincipal,
    @IdempotencyKeyHeader() key: IdempotencyKey | undefined,
    @Body(ChatCompletionPipe) request: ChatCompletionRequest,
    @Res() response: FastifyReply,
  ): Promise<void> {
    if (request.isStream) {
      const encoding = new ChatCompletionChunksEncoding(request);
      sendEvents(response, await this.chat.stream(caller.sessionId, request.message, key, encoding));
      return;
    }
    const { turn, isReplayed } = await this.chat.send(caller.sessionId, request.message, key);
    if (isReplayed) {
      void response.header('idempotent-replayed', 'true');
    }
    void response.send(toChatCompletion(turn, request.model));
  }
}
