import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { SignInByEmailRequest } from '../../dto/sign-in.request.js';

const MAX_CODE_LENGTH = 32;

export class VerifyEmailRequest extends SignInByEmailRequest {
  // What cannot be a code at all is answered like any wrong code, so only the length is checked here.
  @ApiProperty({
    description: 'The code from the mail; spaces and hyphens in it do not matter.',
    example: '40718236',
    minLength: 1,
    maxLength: MAX_CODE_LENGTH,
  })
  @Length(1, MAX_CODE_LENGTH, { message: `must be of 1 to ${MAX_CODE_LENGTH} characters` })
  @IsString({ message: 'must be a string' })
  code: string;
}
