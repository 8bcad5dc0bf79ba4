import type { FastifyRequest } from 'fastify';
import { Problem } from '../../common/problem/problem.js';

/**
 * Demands a User-Agent header of at least `minLength` characters. Only asked for where a session is opened:
 * a caller that has one is known, and Node's own `fetch`, for one, sends four characters.
 *
 * @throws {Problem} `bot_suspected`, and says how to mend it.
 */
export function requireUserAgent(request: FastifyRequest, minLength: number): void {
  if ((request.headers['user-agent'] ?? '').length < minLength) {
    throw new Problem('bot_suspected', {
      detail: `Signing in takes a User-Agent header of at least ${minLength} characters; send one that names your client.`,
    });
  }
}
