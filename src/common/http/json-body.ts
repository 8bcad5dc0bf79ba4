import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { visit } from 'jsonc-parser';
import { Problem, type FieldError } from '../problem/problem.js';

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)"?/i;
const MAX_DEPTH = 32;

/**
 * Reads a request body strictly: UTF-8 only, one value per key. `JSON.parse` keeps the last of two equal
 * keys without a word; two readers of one body could then see two different messages.
 *
 * @throws {Problem} `malformed_json`, or `validation_failed` naming each key that appears twice.
 */
export function parseJsonBody(body: Buffer): unknown {
  if (!isUtf8(body)) {
    throw new Problem('malformed_json', { detail: 'The body is not valid UTF-8.' });
  }
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may hold personal data.
    throw new Problem('malformed_json', { detail: 'The body is not valid JSON.' });
  }
  const repeated = findRepeatedKeys(text);
  if (repeated.length > 0) {
    throw new Problem('validation_failed', {
      detail: 'A key of the body appears more than once.',
      errors: repeated,
    });
  }
  return value;
}

function findRepeatedKeys(text: string): FieldError[] {
  const scopes: Set<string>[] = [];
  const repeated = new Map<string, FieldError>();
  const enter = (): void => {
    // The scanner is recursive: without a bound, brackets alone could exhaust the stack.
    if (scopes.length >= MAX_DEPTH) {
      throw new Problem('malformed_json', { detail: `The body is nested deeper than ${MAX_DEPTH} levels.` });
    }
    scopes.push(new Set());
  };
  const leave = (): void => void scopes.pop();
  visit(text, {
    onObjectBegin: enter,
    onObjectEnd: leave,
    onArrayBegin: enter,
    onArrayEnd: leave,
    onObjectProperty: (key, _offset, _length, _line, _character, path) => {
      const scope = scopes.at(-1);
      if (scope?.has(key) === true) {
        const field = [...path(), key].join('.');
        repeated.set(field, { field, message: 'must not appear more than once' });
      }
      scope?.add(key);
    },
  });
  return [...repeated.values()];
}

function requireUtf8(request: FastifyRequest): void {
  const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new Problem('unsupported_media_type', { detail: 'JSON must be sent as UTF-8 (RFC 8259).' });
  }
}

/** Makes JSON the only body the server reads; every other media type is refused with 415. */
export function registerJsonBody(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      requireUtf8(request);
      // Many clients name the media type even where they send nothing; the route decides if that is enough.
      done(null, body.length === 0 ? undefined : parseJsonBody(body));
    } catch (error) {
      done(error as Error);
    }
  });
}
