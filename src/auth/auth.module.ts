import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { SessionGuard } from './session.guard.js';
import { SessionTokenService } from './session-token.service.js';
import { SessionTokenStrategy } from './session-token.strategy.js';

@Module({
  imports: [PassportModule.register({ session: false }), JwtModule.register({})],
  controllers: [AuthController],
  providers: [
    AuthService,
    SessionTokenService,
    SessionTokenStrategy,
    // Global: a route is guarded unless it is marked @Public().
    { provide: APP_GUARD, useClass: SessionGuard },
  ],
})
export class AuthModule {}
