import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { isProbePath } from '../http/probe-paths.js';
import { contextOf } from '../http/request-context.js';

/**
 * One line per request: route, status, duration. The route's pattern is logged, never the address with its
 * query, and nothing of headers or bodies: e-mail addresses, tokens and messages stay out of the log.
 */
export function registerRequestLog(server: FastifyInstance, logger: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { requestId, sessionId, isRefused } = contextOf(request);
    const route = request.routeOptions.url;
    // Probes are asked every few seconds: their good answers are not worth a line.
    const isQuiet =
      isRefused === true || (reply.statusCode < 400 && route !== undefined && isProbePath(route));
    logger[isQuiet ? 'debug' : 'info']({
      msg: 'request',
      request_id: requestId,
      session_id: sessionId,
      method: request.method,
      route: route ?? null,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    });
    done();
  });
  // Without this a request whose client has gone would leave no line at all; its turn goes on.
  server.addHook('onRequestAbort', (request, done) => {
    const { requestId, sessionId } = contextOf(request);
    logger.info({
      msg: 'request abandoned by its client',
      request_id: requestId,
      session_id: sessionId,
      method: request.method,
      route: request.routeOptions.url ?? null,
    });
    done();
  });
}
