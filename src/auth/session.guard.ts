import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { contextOf } from '../common/http/request-context.js';
import { authenticationProblem } from './authentication-problem.js';
import { AuthService } from './auth.service.js';
import { BrowserBinding } from './browser/browser-binding.service.js';
import { LIVENESS_IN_STATEMENT } from './liveness-in-statement.decorator.js';
import { IS_PUBLIC } from '../common/http/public.decorator.js';
import { SESSION_TOKEN_STRATEGY, type SessionPrincipal } from './session-token.strategy.js';

/** Guards every route that is not marked `@Public()`: a verified token of a live session, sent by the
 * browser it was issued to, or 401. */
@Injectable()
export class SessionGuard extends AuthGuard(SESSION_TOKEN_STRATEGY) {
  constructor(
    private readonly reflector: Reflector,
    private readonly auth: AuthService,
    private readonly binding: BrowserBinding,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, targets) === true) {
      return true;
    }
    await super.canActivate(context);
    const request = context.switchToHttp().getRequest<FastifyRequest & { user: SessionPrincipal }>();
    const { sessionId, browserBinding } = request.user;
    contextOf(request).sessionId = sessionId;
    if (!this.binding.permits(sessionId, browserBinding, request.headers['user-agent'])) {
      throw authenticationProblem('session_mismatch', {
        detail: 'The token was issued to another browser; sign in with this one.',
      });
    }
    if (this.reflector.getAllAndOverride<boolean>(LIVENESS_IN_STATEMENT, targets) !== true) {
      await this.auth.requireLiveSession(sessionId);
    }
    return true;
  }

  override handleRequest<Principal = SessionPrincipal>(
    error: unknown,
    principal: Principal | false,
    info: unknown,
    context: ExecutionContext,
  ): Principal {
    if (error instanceof Error) {
      throw error;
    }
    if (principal === false) {
      throw rejection(info, context.switchToHttp().getRequest<FastifyRequest>());
    }
    return principal;
  }
}

function rejection(info: unknown, request: FastifyRequest): Error {
  if (!/^bearer\b/i.test(request.headers.authorization ?? '')) {
    return authenticationProblem('missing_token');
  }
  return info instanceof Error && info.name === 'TokenExpiredError'
    ? authenticationProblem('token_expired')
    : authenticationProblem('invalid_token');
}
