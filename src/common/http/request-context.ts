import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { newRequestId } from '../ids.js';

/** What every log line and every answer of one request shares. */
export interface RequestContext {
  readonly requestId: string;
  /** Known once the caller's token has been verified. */
  sessionId?: string;
  /** Refused unread, because of too much to do or a stop; counted, and not worth a line each. */
  isRefused?: true;
}

const storage = new AsyncLocalStorage<RequestContext>();
const contexts = new WeakMap<FastifyRequest, RequestContext>();

const ACCEPTABLE_REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's `X-Request-Id` where it is safe to log and echo, else a new one. */
export function chooseRequestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && ACCEPTABLE_REQUEST_ID.test(header) ? header : newRequestId();
}

/** The context of the request being served, or undefined outside of one. */
export function currentRequestContext(): RequestContext | undefined {
  return storage.getStore();
}

export function contextOf(request: FastifyRequest): RequestContext {
  let context = contexts.get(request);
  if (context === undefined) {
    context = { requestId: request.id };
    contexts.set(request, context);
  }
  return context;
}

/** Opens a context for each request and names the request in its answer. */
export function registerRequestContext(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    storage.run(contextOf(request), done);
  });
  // Reading a body resumes in the socket's own asynchronous context, so the context is entered again after it.
  server.addHook('preHandler', (request, _reply, done) => {
    storage.run(contextOf(request), done);
  });
}
