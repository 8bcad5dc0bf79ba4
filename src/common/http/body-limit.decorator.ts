import type { FastifyInstance } from 'fastify';
import { AddRouteConfig } from './route-config.decorator.js';

/** Gives a route a limit of its own for the size of its body, in bytes. */
export function BodyLimit(bytes: number): MethodDecorator {
  return AddRouteConfig({ bodyLimitBytes: bytes });
}

/** Makes the limits of `@BodyLimit()` hold. Must be called before routes are added. */
export function registerBodyLimits(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const { bodyLimitBytes } = (route.config ?? {}) as { bodyLimitBytes?: number };
    if (bodyLimitBytes !== undefined) {
      route.bodyLimit = bodyLimitBytes;
    }
  });
}
