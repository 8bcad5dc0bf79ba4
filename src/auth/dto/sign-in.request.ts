import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { MAX_EMAIL_LENGTH } from '../email-address.js';
import { IsEmailAddress } from '../is-email-address.decorator.js';

export class SignInByEmailRequest {
  @ApiProperty({
    description:
      'The visitor’s e-mail address, in any letter case; white space around it does not matter. Only a keyed hash of it is kept.',
    example: 'visitor@example.com',
    format: 'email',
    minLength: 3,
    maxLength: MAX_EMAIL_LENGTH,
  })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))
  @IsEmailAddress()
  email: string;
}
