import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsString, MaxLength } from 'class-validator';
import { MAX_EMAIL_LENGTH } from '../email-address.js';

export class SignInByEmailRequest {
  @ApiProperty({
    description: 'The visitor’s e-mail address. Only a keyed hash of it is stored.',
    example: 'visitor@example.com',
    format: 'email',
    minLength: 3,
    maxLength: MAX_EMAIL_LENGTH,
  })
  @IsEmail({ ignore_max_length: false }, { message: 'must be an e-mail address' })
  @MaxLength(MAX_EMAIL_LENGTH, { message: `must be at most ${MAX_EMAIL_LENGTH} characters long` })
  @IsString({ message: 'must be a string' })
  email: string;
}
