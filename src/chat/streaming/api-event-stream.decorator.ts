import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse } from '@nestjs/swagger';
import { STREAM_EVENTS, STREAM_EVENT_SCHEMA } from '../dto/stream-event.response.js';

/** Documents an answer that is a turn's stream; the schema is that of each event's `data`. */
export function ApiEventStream(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(...STREAM_EVENTS),
    ApiResponse({
      status: 200,
      description: 'The stream. Lines that start with a colon are signs of life.',
      content: { 'text/event-stream': { schema: STREAM_EVENT_SCHEMA } },
    }),
  );
}
