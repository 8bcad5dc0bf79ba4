import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { HistoryItem } from '../../dto/history-item.response.js';
import { ErrorStreamEvent } from '../../dto/stream-event.response.js';

const MESSAGE_ID = {
  description: 'The id of the operator’s message.',
  example: 'AZq3mZ8ReK1c0Vt5LrYpTg',
  pattern: '^[A-Za-z0-9_-]{1,32}$',
  maxLength: 32,
};

export class ReadyNewsEvent {
  @ApiProperty({ description: 'The first event of every stream.', example: 'ready', enum: ['ready'] })
  type: 'ready';

  @ApiProperty({ description: 'Whether an operator answers instead of a model.', example: false })
  operator: boolean;
}

export class ReplyNewsEvent extends HistoryItem {
  @ApiProperty({
    description: 'A turn has its reply, whichever device sent it.',
    example: 'reply',
    enum: ['reply'],
  })
  type: 'reply';
}

abstract class OperatorMessageText {
  @ApiProperty(MESSAGE_ID)
  id: string;

  @ApiProperty({
    description: 'What it says now, which can be more recent than this event.',
    example: 'Hello, this is Kim. I am looking into it.',
    maxLength: 100_000,
  })
  text: string;

  @ApiProperty({
    description: 'When it was written.',
    example: '2026-11-24T09:30:00.123Z',
    format: 'date-time',
  })
  created_at: string;

  @ApiProperty({
    description: 'When its text was last changed; null where it never was.',
    example: null,
    format: 'date-time',
    type: String,
    nullable: true,
  })
  edited_at: string | null;
}

export class OperatorMessageNewsEvent extends OperatorMessageText {
  @ApiProperty({
    description: 'An operator has written.',
    example: 'operator_message',
    enum: ['operator_message'],
  })
  type: 'operator_message';
}

export class OperatorMessageEditedNewsEvent extends OperatorMessageText {
  @ApiProperty({
    description: 'An operator has changed a message; of several changes the last is told.',
    example: 'operator_message_edited',
    enum: ['operator_message_edited'],
  })
  type: 'operator_message_edited';
}

export class OperatorMessageWithdrawnNewsEvent {
  @ApiProperty({
    description:
      'An operator has taken a message back. Also told to a reader that was never told of the message.',
    example: 'operator_message_withdrawn',
    enum: ['operator_message_withdrawn'],
  })
  type: 'operator_message_withdrawn';

  @ApiProperty(MESSAGE_ID)
  id: string;
}

export class OperatorJoinedNewsEvent {
  @ApiProperty({
    description: 'From here on an operator answers.',
    example: 'operator_joined',
    enum: ['operator_joined'],
  })
  type: 'operator_joined';
}

export class OperatorLeftNewsEvent {
  @ApiProperty({
    description: 'A model answers again.',
    example: 'operator_left',
    enum: ['operator_left'],
  })
  type: 'operator_left';
}

export class HistoryErasedNewsEvent {
  @ApiProperty({
    description: 'The visitor has had the conversation so far erased; forget all of it.',
    example: 'history_erased',
    enum: ['history_erased'],
  })
  type: 'history_erased';
}

export const NEWS_EVENTS = [
  ReadyNewsEvent,
  ReplyNewsEvent,
  ...[OperatorMessageNewsEvent, OperatorMessageEditedNewsEvent, OperatorMessageWithdrawnNewsEvent],
  ...[OperatorJoinedNewsEvent, OperatorLeftNewsEvent, HistoryErasedNewsEvent, ErrorStreamEvent],
] as const;

/** The JSON of one event's `data`. */
export const NEWS_EVENT_SCHEMA = {
  oneOf: NEWS_EVENTS.map((event) => ({ $ref: getSchemaPath(event) })),
  discriminator: {
    propertyName: 'type',
    mapping: {
      ready: getSchemaPath(ReadyNewsEvent),
      reply: getSchemaPath(ReplyNewsEvent),
      operator_message: getSchemaPath(OperatorMessageNewsEvent),
      operator_message_edited: getSchemaPath(OperatorMessageEditedNewsEvent),
      operator_message_withdrawn: getSchemaPath(OperatorMessageWithdrawnNewsEvent),
      operator_joined: getSchemaPath(OperatorJoinedNewsEvent),
      operator_left: getSchemaPath(OperatorLeftNewsEvent),
      history_erased: getSchemaPath(HistoryErasedNewsEvent),
      error: getSchemaPath(ErrorStreamEvent),
    },
  },
};
