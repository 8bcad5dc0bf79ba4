import { ApiProperty } from '@nestjs/swagger';

export class CodeSentResponse {
  @ApiProperty({
    description: 'What the sign-in waits for. The same whether the address is known or not.',
    example: 'code_sent',
    enum: ['code_sent'],
  })
  verification: 'code_sent';

  @ApiProperty({
    description: 'Seconds until the code is of no use any more.',
    example: 600,
    type: 'integer',
    minimum: 1,
  })
  expires_in: number;
}
