import type { FastifyReply } from 'fastify';
import type { OpenStream } from './open-stream.js';

/** `X-Accel-Buffering` keeps nginx, and those that took it over, from holding events back. */
export function sendEvents(response: FastifyReply, events: OpenStream): void {
  void response
    .header('cache-control', 'no-store, no-transform')
    .header('x-accel-buffering', 'no')
    .headers(events.headers)
    .type('text/event-stream; charset=utf-8')
    .send(events);
}
