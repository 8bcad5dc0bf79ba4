import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BrowserBinding } from './browser/browser-binding.service.js';
import { EndExpiredSessionsJob } from './housekeeping/end-expired-sessions.job.js';
import { RemoveSignInLeftoversJob } from './housekeeping/remove-sign-in-leftovers.job.js';
import { OwnSessionsController } from './own-sessions.controller.js';
import { OwnSessions } from './own-sessions.service.js';
import { SessionOpener } from './session-opener.js';
import { SessionCloser } from './session-closer.js';
import { SessionGuard } from './session.guard.js';
import { SessionTokenService } from './session-token.service.js';
import { SessionTokenStrategy } from './session-token.strategy.js';
import { CODE_MAILER } from './verification/code-mailer.provider.js';
import { EmailVerificationController } from './verification/email-verification.controller.js';
import { EmailVerification } from './verification/email-verification.service.js';
import { MailCodeJob } from './verification/mail-code.job.js';
import { MailSeal } from './verification/mail-seal.js';

@Module({
  imports: [PassportModule.register({ session: false }), JwtModule.register({})],
  controllers: [AuthController, EmailVerificationController, OwnSessionsController],
  providers: [
    AuthService,
    OwnSessions,
    SessionOpener,
    SessionCloser,
    SessionTokenService,
    SessionTokenStrategy,
    BrowserBinding,
    EmailVerification,
    MailSeal,
    MailCodeJob,
    CODE_MAILER,
    EndExpiredSessionsJob,
    RemoveSignInLeftoversJob,
    // Global: a route is guarded unless it is marked @Public().
    { provide: APP_GUARD, useClass: SessionGuard },
  ],
  exports: [SessionCloser],
})
export class AuthModule {}
