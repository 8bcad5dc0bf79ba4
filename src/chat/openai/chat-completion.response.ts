import { ApiProperty } from '@nestjs/swagger';
import type { TokenUsage } from '../../ai/reply.js';
import { TURN_OUTCOMES, type TurnOutcome } from '../turn-outcome.js';
import type { AnsweredTurn } from '../turn.js';
import { FINISH_REASONS, type FinishReason } from './finish-reason.js';

export class CompletionMessage {
  @ApiProperty({ description: 'Who speaks.', example: 'assistant', enum: ['assistant'] })
  role: 'assistant';

  @ApiProperty({ description: 'The reply.', example: 'Hello! How can I help you?', maxLength: 100_000 })
  content: string;

  @ApiProperty({ description: 'Always null.', example: null, type: String, nullable: true, maxLength: 1 })
  refusal: null;
}

export class CompletionChoice {
  @ApiProperty({ description: 'Always 0.', example: 0, type: 'integer', minimum: 0, maximum: 0 })
  index: number;

  @ApiProperty({ description: 'The reply.' })
  message: CompletionMessage;

  @ApiProperty({ description: 'Always null.', example: null, type: String, nullable: true, maxLength: 1 })
  logprobs: null;

  @ApiProperty({
    description: '`content_filter`: screening stopped the message. `length`: the reply is not whole.',
    example: 'stop',
    enum: ['stop', 'length', 'content_filter'],
  })
  finish_reason: FinishReason;
}

export class CompletionUsage {
  @ApiProperty({ description: 'Tokens of the prompt.', example: 120, type: 'integer', minimum: 0 })
  prompt_tokens: number;

  @ApiProperty({ description: 'Tokens of the reply.', example: 9, type: 'integer', minimum: 0 })
  completion_tokens: number;

  @ApiProperty({ description: 'Both.', example: 129, type: 'integer', minimum: 0 })
  total_tokens: number;
}

export class CompletionTurn {
  @ApiProperty({
    description: 'How the turn ended, in the words of `POST /chat`.',
    example: 'answered',
    enum: TURN_OUTCOMES,
    enumName: 'TurnOutcome',
  })
  outcome: TurnOutcome;

  @ApiProperty({ description: 'The id of the reply.', example: 'AZq3mZ8SfB2d1Wu6MsZqUh', maxLength: 32 })
  reply_id: string;
}

/** As OpenAI answers (platform.openai.com, "The chat completion object"), and what a turn has beyond it. */
export class ChatCompletionResponse {
  @ApiProperty({ description: 'The id of the turn.', example: 'AZq3mZ8ReK1c0Vt5LrYpTg', maxLength: 32 })
  id: string;

  @ApiProperty({ description: 'What this is.', example: 'chat.completion', enum: ['chat.completion'] })
  object: 'chat.completion';

  @ApiProperty({
    description: 'When the message was accepted, in seconds since 1970.',
    example: 1795512600,
    type: 'integer',
    minimum: 0,
  })
  created: number;

  @ApiProperty({
    description: 'The model that answered; as the caller named it where none did.',
    example: 'openai:gpt-4.1-mini',
    maxLength: 200,
  })
  model: string;

  @ApiProperty({ description: 'The one reply.', type: [CompletionChoice], minItems: 1, maxItems: 1 })
  choices: CompletionChoice[];

  @ApiProperty({ description: 'What it cost; zeros where the model does not say.' })
  usage: CompletionUsage;

  @ApiProperty({ description: 'What OpenAI has no word for.' })
  parley: CompletionTurn;
}

export function toChatCompletion(turn: AnsweredTurn, requestedModel: string): ChatCompletionResponse {
  const { reply, outcome } = turn;
  return {
    id: turn.id,
    object: 'chat.completion',
    created: Math.floor(turn.createdAt.getTime() / 1_000),
    model: reply.model ?? requestedModel,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: reply.text, refusal: null },
        logprobs: null,
        finish_reason: FINISH_REASONS[outcome],
      },
    ],
    usage: toUsage(reply.usage),
    parley: { outcome, reply_id: reply.id },
  };
}

export function toUsage({ promptTokens, completionTokens }: TokenUsage): CompletionUsage {
  const [prompt, completion] = [promptTokens ?? 0, completionTokens ?? 0];
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
