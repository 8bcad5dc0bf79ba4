import { ApiProperty } from '@nestjs/swagger';
import { MAX_EMAIL_LENGTH } from '../email-address.js';
import { IsEmailAddress } from '../is-email-address.decorator.js';

export class SignInByEmailRequest {
  @ApiProperty({
    description: 'The visitor’s e-mail address. Only a keyed hash of it is stored.',
    example: 'visitor@example.com',
    format: 'email',
    minLength: 3,
    maxLength: MAX_EMAIL_LENGTH,
  })
  @IsEmailAddress()
  email: string;
}
