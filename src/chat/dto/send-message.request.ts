import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { IsNotBlank, IsStorableText } from '../message-text.js';

/** The default of MAX_MESSAGE_LENGTH; the served document shows the configured value. */
export const DEFAULT_MAX_MESSAGE_LENGTH = 4000;

export class SendMessageRequest {
  @ApiProperty({
    description: 'What the visitor says, as plain text or Markdown.',
    example: 'Hello, how can you help me?',
    minLength: 1,
    maxLength: DEFAULT_MAX_MESSAGE_LENGTH,
  })
  @IsNotBlank()
  @IsStorableText()
  @IsString({ message: 'must be a string' })
  message: string;
}
