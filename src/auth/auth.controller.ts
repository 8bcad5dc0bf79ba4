import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblems } from '../common/openapi/api-problems.decorator.js';
import { Configuration } from '../config/configuration.js';
import { BotChecked } from '../security/bots/bot-checked.decorator.js';
import { RateLimited } from '../security/throttling/rate-limited.decorator.js';
import { AuthService } from './auth.service.js';
import { CurrentSession } from './current-session.decorator.js';
import { AccessTokenResponse, toAccessToken } from './dto/access-token.response.js';
import { SessionResponse } from './dto/session.response.js';
import { SignInByEmailRequest } from './dto/sign-in.request.js';
import { LivenessInStatement } from './liveness-in-statement.decorator.js';
import { Public } from '../common/http/public.decorator.js';
import type { SessionPrincipal } from './session-token.strategy.js';
import { CodeSentResponse } from './verification/dto/code-sent.response.js';
import { EmailVerification } from './verification/email-verification.service.js';
import { CODE_LIFETIME_SECONDS } from './verification/sign-in-code.js';
import { visitorOf } from './visitor.js';

@ApiTags('Sessions')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly verification: EmailVerification,
    private readonly configuration: Configuration,
  ) {}

  @Post('email')
  @Public()
  @HttpCode(200)
  @BotChecked('sign-in')
  @RateLimited('sign-in')
  @ApiOperation({
    operationId: 'signInByEmail',
    summary: 'Sign in with an e-mail address',
    description:
      'Opens a new session and returns its token. Each call opens a session of its own. Where the service verifies ' +
      'addresses, it mails a code instead, whoever asks; `POST /auth/email/verify` takes it and opens the session.',
  })
  @ApiOkResponse({ description: 'The session is open.', type: AccessTokenResponse })
  @ApiAcceptedResponse({ description: 'A code is on its way to the address.', type: CodeSentResponse })
  @ApiProblems(
    ...(['validation_failed', 'malformed_json', 'payload_too_large', 'unsupported_media_type'] as const),
    ...(['bot_suspected', 'visitor_blocked', 'rate_limited'] as const),
  )
  async signInByEmail(
    @Body() body: SignInByEmailRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<AccessTokenResponse | CodeSentResponse> {
    if (this.configuration.auth.verifiesEmail) {
      await this.verification.sendCode(body.email);
      void response.status(202);
      return { verification: 'code_sent', expires_in: CODE_LIFETIME_SECONDS };
    }
    const session = await this.auth.signIn(visitorOf(body.email, request));
    return toAccessToken(session);
  }

  @Get('session')
  @LivenessInStatement()
  @ApiBearerAuth()
  @ApiOperation({
    operationId: 'getSession',
    summary: 'Read the current session',
    description: 'Until when the session lasts and how many messages are left in it.',
  })
  @ApiOkResponse({ description: 'The session.', type: SessionResponse })
  @ApiProblems('missing_token', 'invalid_token', 'token_expired', 'session_ended', 'session_mismatch')
  async getSession(@CurrentSession() caller: SessionPrincipal): Promise<SessionResponse> {
    const session = await this.auth.requireLiveSession(caller.sessionId);
    const { maxMessagesPerSession } = this.configuration.chat;
    return {
      session_id: session.id,
      created_at: session.created_at.toISOString(),
      expires_at: session.expires_at.toISOString(),
      last_activity: session.last_activity.toISOString(),
      messages_used: session.message_count,
      messages_remaining: Math.max(0, maxMessagesPerSession - session.message_count),
    };
  }

  @Delete('session')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({
    operationId: 'endSession',
    summary: 'Sign out',
    description: 'Ends the session. Its token is refused from then on, by every replica.',
  })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  @ApiProblems('missing_token', 'invalid_token', 'token_expired', 'session_ended', 'session_mismatch')
  async endSession(@CurrentSession() caller: SessionPrincipal): Promise<void> {
    await this.auth.signOut(caller.sessionId);
  }
}
