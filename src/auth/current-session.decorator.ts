import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { SessionPrincipal } from './session-token.strategy.js';

/** The caller's session, put on the request by the guard. */
export const CurrentSession = createParamDecorator(
  (_data: unknown, context: ExecutionContext): SessionPrincipal => {
    const { user } = context.switchToHttp().getRequest<FastifyRequest & { user?: SessionPrincipal }>();
    if (user === undefined) {
      throw new Error('@CurrentSession() on a route that is public');
    }
    return user;
  },
);
