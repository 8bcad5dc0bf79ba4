import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { validationProblem } from '../../common/http/request-validation.pipe.js';
import { parseEventId } from './stream-event.js';

/** The last event a client has seen. */
export interface SeenEvent {
  readonly turnId: string;
  readonly sequence: number;
}

/** Whether a request reads on in a stream instead of sending a message. */
export function hasLastEventId(request: FastifyRequest): boolean {
  return request.headers['last-event-id'] !== undefined;
}

/** The request's `Last-Event-ID` (WHATWG HTML section 9.2.4), or undefined when it has none. */
export const LastEventId = createParamDecorator(
  (_data: unknown, context: ExecutionContext): SeenEvent | undefined => {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id'];
    if (header === undefined) {
      return undefined;
    }
    const seen = typeof header === 'string' ? parseEventId(header) : undefined;
    if (seen === undefined) {
      throw validationProblem([
        { field: 'Last-Event-ID', message: 'must be the id of an event of this stream, unchanged' },
      ]);
    }
    return seen;
  },
);

/** Documents the header at a route that takes it. */
export const ApiLastEventId = (): MethodDecorator =>
  ApiHeader({
    name: 'Last-Event-ID',
    description: 'The id of the last event seen: reads on after it, and sends nothing.',
    required: false,
    schema: { type: 'string', maxLength: 42, example: 'AZq3mZ8ReK1c0Vt5LrYpTg:7' },
  });
