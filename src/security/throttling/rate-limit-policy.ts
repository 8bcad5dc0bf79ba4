import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Configuration, RateLimit } from '../../config/configuration.js';
import { clientAddress } from '../../common/http/client-address.js';
import { contextOf } from '../../common/http/request-context.js';
import { addressGroup } from './address-group.js';

/** What is limited: sending messages, and asking for a session. */
export type LimitedAction = 'chat' | 'sign-in';

/** So many requests of one action in one window by one subject. */
export interface RateLimitPolicy {
  readonly action: LimitedAction;
  /** Whose requests are counted together; also the policy's name in the headers. */
  readonly partition: 'session' | 'address';
  readonly limit: number;
  readonly windowMs: number;
}

/** The session first: a caller over its own limit does not use up what others behind its address may send. */
export function rateLimitPolicies({ security }: Configuration): RateLimitPolicy[] {
  const policy = (
    action: LimitedAction,
    partition: RateLimitPolicy['partition'],
    limit: RateLimit,
  ): RateLimitPolicy => ({ action, partition, ...limit });
  return [
    policy('chat', 'session', security.chatRateLimit),
    policy('chat', 'address', security.chatRateLimit),
    policy('sign-in', 'address', security.authRateLimit),
  ];
}

/** Who is counted, or undefined where the request does not tell: no session before a token was verified. */
export function subjectOf({ partition }: RateLimitPolicy, request: FastifyRequest): string | undefined {
  return partition === 'session' ? contextOf(request).sessionId : addressGroup(clientAddress(request));
}

/** The name of a subject's window. Hashed: neither addresses nor session ids are kept in clear in Redis. */
export function windowKey({ action, partition }: RateLimitPolicy, subject: string): string {
  const digest = createHash('sha256').update(subject).digest('base64url').slice(0, 22);
  return `parley:limit:${action}:${partition}:${digest}`;
}

/** What `@RateLimited()` leaves on a route. */
export interface LimitedRoute {
  readonly limitedAction?: LimitedAction;
  readonly isUnlimited?: ((request: FastifyRequest) => boolean) | undefined;
}

/** What the request's route says about limits; nothing for a route that is not limited. */
export function limitedRoute(request: FastifyRequest): LimitedRoute {
  return request.routeOptions.config as LimitedRoute;
}
