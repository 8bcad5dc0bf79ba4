import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { validationProblem } from '../../common/http/request-validation.pipe.js';

const PLACE = /^\d{1,9}$/;

/** The request's `Last-Event-ID` as a place in the conversation, or undefined when it has none. */
export const LastSeenPlace = createParamDecorator(
  (_data: unknown, context: ExecutionContext): number | undefined => {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id'];
    if (header === undefined) {
      return undefined;
    }
    if (typeof header !== 'string' || !PLACE.test(header)) {
      throw validationProblem([
        { field: 'Last-Event-ID', message: 'must be the id of an event of this stream, unchanged' },
      ]);
    }
    return Number(header);
  },
);

/** Documents the header at a route that takes it. */
export const ApiLastSeenPlace = (): MethodDecorator =>
  ApiHeader({
    name: 'Last-Event-ID',
    description:
      'The id of the last event seen: tells first what is new since. One beyond the end counts as the end.',
    required: false,
    schema: { type: 'string', pattern: PLACE.source, maxLength: 9, example: '17' },
  });
