import { ApiProperty } from '@nestjs/swagger';
import { TURN_OUTCOMES, type TurnOutcome } from '../turn-outcome.js';
import type { Turn } from '../turn.js';

/** One turn: what the visitor said and what they got. */
export class HistoryItem {
  @ApiProperty({
    description: 'The turn’s id; the `message_id` that sending it returned.',
    example: 'AZq3mZ8ReK1c0Vt5LrYpTg',
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    maxLength: 32,
  })
  id: string;

  @ApiProperty({
    description: 'What the visitor said.',
    example: 'Hello, how can you help me?',
    maxLength: 100_000,
  })
  message: string;

  @ApiProperty({
    description: 'The reply; empty while there is none. With `interrupted`: what there is of it.',
    example: 'Hello! I can answer questions about your order.',
    maxLength: 100_000,
  })
  response: string;

  @ApiProperty({
    description:
      'How the turn stands. `pending`: a reply is being made. `interrupted`: its process died, send it again.',
    example: 'answered',
    enum: TURN_OUTCOMES,
    enumName: 'TurnOutcome',
  })
  outcome: TurnOutcome;

  @ApiProperty({
    description: 'When the message was accepted.',
    example: '2026-11-24T09:30:00.123Z',
    format: 'date-time',
  })
  timestamp: string;

  @ApiProperty({
    description: 'When the reply was stored; null while there is none.',
    example: '2026-11-24T09:30:01.456Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  responded_at: string | null;
}

export function toHistoryItem(turn: Turn): HistoryItem {
  return {
    id: turn.id,
    message: turn.message,
    response: turn.reply?.text ?? turn.partialText,
    outcome: turn.outcome,
    timestamp: turn.createdAt.toISOString(),
    responded_at: turn.reply?.createdAt.toISOString() ?? null,
  };
}
