import { ApiProperty } from '@nestjs/swagger';
import type { HistoryEntry } from '../history.service.js';
import type { OperatorMessage } from '../operator-message.js';
import { TURN_OUTCOMES, type TurnOutcome } from '../turn-outcome.js';
import type { Turn } from '../turn.js';

/** Who speaks in an item: the visitor, who got a reply, or an operator, of their own accord. */
export const HISTORY_ROLES = ['visitor', 'operator'] as const;

export type HistoryRole = (typeof HISTORY_ROLES)[number];

/** One turn: what the visitor said and what they got; or what an operator said. */
export class HistoryItem {
  @ApiProperty({
    description:
      'The turn’s id, the `message_id` that sending it returned; or that of the operator’s message.',
    example: 'AZq3mZ8ReK1c0Vt5LrYpTg',
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    maxLength: 32,
  })
  id: string;

  @ApiProperty({
    description:
      '`visitor`: a turn. `operator`: what an operator said, in `response`, without a message before it.',
    example: 'visitor',
    enum: HISTORY_ROLES,
    enumName: 'HistoryRole',
  })
  role: HistoryRole;

  @ApiProperty({
    description: 'What the visitor said; empty with role `operator`.',
    example: 'Hello, how can you help me?',
    maxLength: 100_000,
  })
  message: string;

  @ApiProperty({
    description:
      'The reply; empty while there is none. With `interrupted`: what there is of it. With role `operator`: what was said.',
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
    description: 'When the message was accepted, or the operator spoke.',
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

  @ApiProperty({
    description: 'When the operator last changed what they had said; null in every other case.',
    example: null,
    format: 'date-time',
    type: String,
    nullable: true,
  })
  edited_at: string | null;
}

export function toHistoryEntry(entry: HistoryEntry): HistoryItem {
  return entry.kind === 'turn' ? toHistoryItem(entry.turn) : toOperatorItem(entry.message);
}

export function toHistoryItem(turn: Turn): HistoryItem {
  return {
    id: turn.id,
    role: 'visitor',
    message: turn.message,
    response: turn.reply?.text ?? turn.partialText,
    outcome: turn.outcome,
    timestamp: turn.createdAt.toISOString(),
    responded_at: turn.reply?.createdAt.toISOString() ?? null,
    edited_at: null,
  };
}

function toOperatorItem({ id, text, createdAt, editedAt }: OperatorMessage): HistoryItem {
  return {
    id,
    role: 'operator',
    message: '',
    response: text,
    outcome: 'operator',
    timestamp: createdAt.toISOString(),
    responded_at: createdAt.toISOString(),
    edited_at: editedAt?.toISOString() ?? null,
  };
}
