import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../common/http/public.decorator.js';
import { ApiProblems } from '../../common/openapi/api-problems.decorator.js';
import { RateLimited } from '../../security/throttling/rate-limited.decorator.js';
import { AccessTokenResponse, toAccessToken } from '../dto/access-token.response.js';
import { visitorOf } from '../visitor.js';
import { VerifyEmailRequest } from './dto/verify-email.request.js';
import { EmailVerification } from './email-verification.service.js';
import { VerifiedSignInOnly } from './verified-sign-in.decorator.js';

@ApiTags('Sessions')
@Controller('auth/email/verify')
export class EmailVerificationController {
  constructor(private readonly verification: EmailVerification) {}

  @Post()
  @Public()
  @VerifiedSignInOnly()
  @HttpCode(200)
  @RateLimited('sign-in')
  @ApiOperation({
    operationId: 'verifyEmail',
    summary: 'Sign in with the code that was mailed',
    description:
      'Opens a new session and returns its token, where the service verifies addresses. A code works once, for ten ' +
      'minutes, and five wrong codes use it up. Codes that were sent one after the other are all valid.',
  })
  @ApiOkResponse({ description: 'The session is open.', type: AccessTokenResponse })
  @ApiProblems(
    ...(['validation_failed', 'malformed_json', 'payload_too_large', 'unsupported_media_type'] as const),
    ...(['invalid_code', 'visitor_blocked', 'not_found', 'rate_limited'] as const),
  )
  async verifyEmail(
    @Body() body: VerifyEmailRequest,
    @Req() request: FastifyRequest,
  ): Promise<AccessTokenResponse> {
    return toAccessToken(await this.verification.signIn(visitorOf(body.email, request), body.code));
  }
}
