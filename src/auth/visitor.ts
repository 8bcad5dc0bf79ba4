import type { FastifyRequest } from 'fastify';
import { clientAddress } from '../common/http/client-address.js';

/** Who asks for a session, and from where. */
export interface Visitor {
  readonly email: string;
  readonly userAgent: string | undefined;
  /** IP address. */
  readonly address: string;
}

export function visitorOf(email: string, request: FastifyRequest): Visitor {
  return { email, userAgent: request.headers['user-agent'], address: clientAddress(request) };
}
