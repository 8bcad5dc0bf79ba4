import type { FastifyReply } from 'fastify';
import type { EventStream } from './event-stream.js';

/** `X-Accel-Buffering` keeps nginx, and those that took it over, from holding events back. */
export function sendEvents(response: FastifyReply, events: EventStream): void {
  void response
    .header('cache-control', 'no-store, no-transform')
    .header('x-accel-buffering', 'no')
    .headers(events.encoding.headers)
    .type('text/event-stream; charset=utf-8')
    .send(events);
}
