import { ApiProperty } from '@nestjs/swagger';
import { TURN_OUTCOMES, type TurnOutcome } from '../turn-outcome.js';

export class SendMessageResponse {
  @ApiProperty({
    description: 'True for every accepted message; errors have a body of their own.',
    example: true,
  })
  success: boolean;

  @ApiProperty({
    description: 'The reply. With outcome `fallback`, `blocked` or `operator` it is the service’s own text.',
    example: 'Hello! I can answer questions about your order.',
    maxLength: 100_000,
  })
  response: string;

  @ApiProperty({
    description: 'The visitor’s message, and with it the turn.',
    example: 'AZq3mZ8ReK1c0Vt5LrYpTg',
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    maxLength: 32,
  })
  message_id: string;

  @ApiProperty({
    description: 'The reply’s own id.',
    example: 'AZq3maBw7Jx2nQeHs4uDcA',
    pattern: '^[A-Za-z0-9_-]{1,32}$',
    maxLength: 32,
  })
  reply_id: string;

  @ApiProperty({
    description:
      'How the turn ended. `answered`: a model wrote the reply. `fallback`: no model could, the text is an apology. ' +
      '`blocked`: safety screening stopped the message, no model saw it. `cancelled`, `interrupted`: the text is what there was by then. `operator`: an operator answers instead of a model, the text is a notice.',
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
  created_at: string;
}
