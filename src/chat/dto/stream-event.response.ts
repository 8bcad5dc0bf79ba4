import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { PROBLEMS, type ProblemCode } from '../../common/problem/problem-catalogue.js';
import { TURN_OUTCOMES, type TurnOutcome } from '../turn-outcome.js';

export class AcceptedStreamEvent {
  @ApiProperty({ description: 'The first event of every stream.', example: 'accepted', enum: ['accepted'] })
  type: 'accepted';

  @ApiProperty({
    description: 'The id of the turn.',
    example: 'AZq3mZ8ReK1c0Vt5LrYpTg',
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    maxLength: 32,
  })
  message_id: string;

  @ApiProperty({
    description: 'When the message was accepted.',
    example: '2026-11-24T09:30:00.123Z',
    format: 'date-time',
  })
  created_at: string;
}

export class DeltaStreamEvent {
  @ApiProperty({ description: 'A piece of the reply.', example: 'delta', enum: ['delta'] })
  type: 'delta';

  @ApiProperty({ description: 'What comes next in the text.', example: 'Hello! ', maxLength: 100_000 })
  text: string;
}

export class DoneStreamEvent {
  @ApiProperty({ description: 'The reply is complete and stored.', example: 'done', enum: ['done'] })
  type: 'done';

  @ApiProperty({
    description: 'The id of the reply.',
    example: 'AZq3mZ8SfB2d1Wu6MsZqUh',
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    maxLength: 32,
  })
  reply_id: string;

  @ApiProperty({
    description: 'How the turn ended.',
    example: 'answered',
    enum: TURN_OUTCOMES,
    enumName: 'TurnOutcome',
  })
  outcome: TurnOutcome;

  @ApiProperty({
    description: 'The whole reply: the joined deltas.',
    example: 'Hello! How can I help you?',
    maxLength: 100_000,
  })
  response: string;
}

export class ErrorStreamEvent {
  @ApiProperty({ description: 'The stream ends here.', example: 'error', enum: ['error'] })
  type: 'error';

  @ApiProperty({
    description: 'Why, as in problem documents.',
    example: 'turn_interrupted',
    enum: Object.keys(PROBLEMS),
    enumName: 'ProblemCode',
  })
  code: ProblemCode;

  @ApiProperty({
    description: 'Why, for a developer to read.',
    example:
      'The reply was interrupted; send the message again with its Idempotency-Key to have it answered.',
    maxLength: 1_000,
  })
  detail: string;
}

export const STREAM_EVENTS = [
  AcceptedStreamEvent,
  DeltaStreamEvent,
  DoneStreamEvent,
  ErrorStreamEvent,
] as const;

/** The JSON of one event's `data`. */
export const STREAM_EVENT_SCHEMA = {
  oneOf: STREAM_EVENTS.map((event) => ({ $ref: getSchemaPath(event) })),
  discriminator: {
    propertyName: 'type',
    mapping: {
      accepted: getSchemaPath(AcceptedStreamEvent),
      delta: getSchemaPath(DeltaStreamEvent),
      done: getSchemaPath(DoneStreamEvent),
      error: getSchemaPath(ErrorStreamEvent),
    },
  },
};
