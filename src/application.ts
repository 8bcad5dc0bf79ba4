import type { IncomingHttpHeaders, ServerOptions } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { registerBodyLimits } from './common/http/body-limit.decorator.js';
import { Drain } from './common/http/drain.js';
import { registerJsonBody } from './common/http/json-body.js';
import { chooseRequestId, registerRequestContext } from './common/http/request-context.js';
import { RequestValidationPipe } from './common/http/request-validation.pipe.js';
import { trustProxyOption } from './common/http/trust-proxy.js';
import { registerUnmatchedRoutes } from './common/http/unmatched-routes.js';
import { Admission } from './common/load/admission.js';
import { PinoNestLogger } from './common/logging/pino-logger.js';
import { registerRequestLog } from './common/logging/request-log.js';
import { serveApiDescription } from './common/openapi/api-description.js';
import { answerClientError, answerHttpErrors } from './common/problem/http-errors.js';
import { ProblemFilter } from './common/problem/problem.filter.js';
import type { Configuration } from './config/configuration.js';
import type { DatabaseConnection } from './database/database-connection.js';
import { allowOrigins } from './security/http/cross-origin.js';
import { registerSecurityHeaders } from './security/http/security-headers.js';
import { UncountedAnswers } from './security/throttling/uncounted-answers.js';

/** A code point takes at most twelve bytes of JSON (an escaped surrogate pair); the rest is for the envelope. */
const BYTES_PER_CODE_POINT = 12;
const ENVELOPE_BYTES = 4_096;

/** Builds the whole service, ready to listen. The caller owns the database server and the process. */
export async function createApplication(
  configuration: Configuration,
  connection: DatabaseConnection,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    logger: false,
    trustProxy: trustProxyOption(configuration.http.trustProxy),
    genReqId: (request: { headers: IncomingHttpHeaders }) => chooseRequestId(request.headers['x-request-id']),
    requestIdHeader: false,
    bodyLimit: configuration.chat.maxMessageLength * BYTES_PER_CODE_POINT + ENVELOPE_BYTES,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: configuration.http.requestTimeoutMs,
    http: slowClientLimits(configuration.http.requestTimeoutMs),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Behind a balancer the longer wait must be on this side: it sends on connections that it believes to be open.
    keepAliveTimeout: configuration.http.keepAliveTimeoutMs,
    connectionTimeout: silenceLimitMs(configuration),
    frameworkErrors: answerHttpErrors,
    clientErrorHandler: answerClientError,
  });
  const server = adapter.getInstance();
  registerSecurityHeaders(server);
  registerRequestContext(server);
  registerUnmatchedRoutes(server);
  registerBodyLimits(server);
  registerRequestLog(server, logger);

  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(configuration, connection),
    adapter,
    { logger: new PinoNestLogger(logger), bodyParser: false, abortOnError: false },
  );
  registerJsonBody(server);
  app.get(Drain).register(server);
  app.get(Admission).register(server);
  app.get(UncountedAnswers).register(server);
  allowOrigins(app, configuration.http.corsOrigins);
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveApiDescription(app, configuration.chat.maxMessageLength);
  return app;
}

/**
 * How long a connection may stand still in the middle of a request: longer than any turn takes, and than a stream
 * is silent. Then it is the client that does not take its answer.
 */
function silenceLimitMs({ chat }: Configuration): number {
  return 2 * Math.max(chat.turnLeaseMs, chat.streamHeartbeatMs);
}

/** Headers get half the time of the whole request; clients that are late are looked for often enough to notice. */
function slowClientLimits(requestTimeoutMs: number): ServerOptions {
  return {
    headersTimeout: requestTimeoutMs / 2,
    connectionsCheckingInterval: Math.min(requestTimeoutMs / 4, 5_000),
  };
}
