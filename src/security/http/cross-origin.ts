import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const HOUR_SECONDS = 3_600;

/**
 * Lets the pages of exactly these origins call the API and read what it says. Without any, no CORS header is
 * sent and browsers keep every other website out. Tokens travel in a header, so no credentials are allowed:
 * a page can never act with what a browser attaches by itself.
 */
export function allowOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) {
    return;
  }
  app.enableCors({
    origin: [...origins],
    methods: ['GET', 'POST', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID', 'X-Request-Id'],
    exposedHeaders: [
      ...['X-Request-Id', 'Idempotent-Replayed', 'Retry-After', 'WWW-Authenticate'],
      ...['RateLimit', 'RateLimit-Policy'],
    ],
    credentials: false,
    maxAge: HOUR_SECONDS,
  });
}
