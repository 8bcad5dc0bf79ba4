import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../common/problem/problem.js';

const BARE = /^[\x21-\x7E]{1,255}$/;
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;

/**
 * The `Idempotency-Key` of a request (IETF draft-ietf-httpapi-idempotency-key-header): 1 to 255 visible
 * ASCII characters, bare or as a quoted string; both spellings of one value are one key.
 */
export class IdempotencyKey {
  private constructor(readonly value: string) {}

  /** @throws {Problem} `invalid_idempotency_key`. */
  static parse(header: string): IdempotencyKey {
    const quoted = QUOTED.exec(header)?.[1];
    const value = quoted === undefined ? header : quoted.replace(/\\(["\\])/g, '$1');
    if (!BARE.test(value) || (quoted === undefined && header.startsWith('"'))) {
      throw new Problem('invalid_idempotency_key', {
        detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters, bare or in double quotes.',
      });
    }
    return new IdempotencyKey(value);
  }

  /** A fingerprint of what was sent with the key, by which another message under the same key is noticed. */
  digest(message: string): Buffer {
    return createHash('sha256').update(message).digest();
  }
}

/** The request's `Idempotency-Key`, or undefined when it has none. */
export const IdempotencyKeyHeader = createParamDecorator(
  (_data: unknown, context: ExecutionContext): IdempotencyKey | undefined => {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
    if (header === undefined) {
      return undefined;
    }
    return IdempotencyKey.parse(Array.isArray(header) ? header.join(',') : header);
  },
);

/** Documents the header at a route that takes it. */
export const ApiIdempotencyKey = (): MethodDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    description:
      'One value per message, for example a UUID; 1 to 255 visible ASCII characters, bare or quoted.',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 512, example: '0c5c2f0e-5d0c-4b69-a4ff-0d5c7a9e6f11' },
  });
