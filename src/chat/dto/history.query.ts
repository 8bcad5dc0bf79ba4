import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;
const WHOLE_NUMBER = /^\d{1,3}$/;

export class HistoryQuery {
  @ApiPropertyOptional({
    description: 'How many turns to return.',
    example: 20,
    type: 'integer',
    default: DEFAULT_PAGE_SIZE,
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
  })
  // Only plain digits: Number() would also take '1e1', '0x10' and the empty string.
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && WHOLE_NUMBER.test(value) ? Number(value) : value,
  )
  @Max(MAX_PAGE_SIZE, { message: `must be at most ${MAX_PAGE_SIZE}` })
  @Min(1, { message: 'must be at least 1' })
  @IsInt({ message: 'must be a whole number' })
  limit: number = DEFAULT_PAGE_SIZE;

  @ApiPropertyOptional({
    description: 'The `next_cursor` of the page before; absent for the newest page.',
    example: 'AZq3mZ8ReK1c0Vt5LrYpTg',
    maxLength: 64,
  })
  @IsOptional()
  @IsString({ message: 'must be a string' })
  before?: string;
}
