import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { isProbeUrl } from './probe-paths.js';

/** The requests that have come and whose answers have not all gone out yet, without those of probes. */
export class OpenRequests {
  private readonly requests = new Map<ServerResponse, IncomingMessage>();

  constructor(server: FastifyInstance) {
    server.addHook('onRequest', (request, reply, done) => {
      if (!isProbeUrl(request.url)) {
        this.requests.set(reply.raw, request.raw);
        // 'close' comes for every response, also for one whose client has gone before it was given.
        reply.raw.once('close', () => this.requests.delete(reply.raw));
      }
      done();
    });
  }

  get isEmpty(): boolean {
    return this.requests.size === 0;
  }

  /**
   * Whether there is one that this process owes something: it has arrived as a whole, and its answer has not
   * begun. The others wait for their clients, to send the rest or to take the rest.
   */
  get hasWork(): boolean {
    for (const [response, request] of this.requests) {
      if (request.complete && !response.headersSent) {
        return true;
      }
    }
    return false;
  }
}
