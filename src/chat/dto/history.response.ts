import { ApiProperty } from '@nestjs/swagger';
import { HistoryItem } from './history-item.response.js';

export class HistoryResponse {
  @ApiProperty({ description: 'The items of this page, oldest first.', type: [HistoryItem], maxItems: 100 })
  messages: HistoryItem[];

  @ApiProperty({ description: 'Items in the whole conversation.', example: 12, type: 'integer', minimum: 0 })
  total: number;

  @ApiProperty({ description: 'Whether there are older items.', example: true })
  has_more: boolean;

  @ApiProperty({
    description: 'Pass it as `before` to read the next older page; null on the oldest one.',
    example: 'AZq3mZ8ReK1c0Vt5LrYpTg',
    type: String,
    nullable: true,
    maxLength: 64,
  })
  next_cursor: string | null;
}
