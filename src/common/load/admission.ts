import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Configuration } from '../../config/configuration.js';
import { Drain } from '../http/drain.js';
import { isProbeUrl } from '../http/probe-paths.js';
import { contextOf, currentRequestContext } from '../http/request-context.js';
import { Metrics, type RefusalReason } from '../metrics/metrics.js';
import { sendProblem } from '../problem/send-problem.js';
import { ConnectionLimit } from './connection-limit.js';
import { EventLoop } from './event-loop.js';
import { busy, elsewhere } from './refusal.js';
import { WorkLimit } from './work-limit.js';

/** A body that is not read is read past all the same, to keep the connection; beyond this it is closed instead. */
const BODY_WORTH_READING_PAST_BYTES = 65_536;

/**
 * Lets requests in as long as they can be served in good time, and refuses the others at once: an answer of 503
 * with Retry-After costs little, a request that times out in a queue has cost all its work. Probes always pass.
 *
 * What counts is work in hand: a request whose body is still on its way, one that waits for a model, and a stream
 * that is being read are bounded by limits of their own.
 */
@Injectable()
export class Admission implements OnApplicationBootstrap {
  private readonly logger = new Logger(Admission.name);
  private readonly work: WorkLimit;
  private refused = 0;
  private isBusy = false;

  constructor(
    private readonly drain: Drain,
    private readonly loop: EventLoop,
    private readonly metrics: Metrics,
    private readonly configuration: Configuration,
  ) {
    const { maxInFlight } = configuration.http;
    // So few keep every database connection at work and as many waiting; fewer would leave some idle.
    this.work = new WorkLimit(maxInFlight, Math.min(maxInFlight, 2 * configuration.database.poolSize));
  }

  /** Must be called before routes are added. */
  register(server: FastifyInstance): void {
    const connections = new ConnectionLimit(server.server, this.configuration.http.maxConnections);
    // After everything that gives an answer its headers, before anything of the body is read.
    server.addHook('preParsing', (request, reply, _payload, done) => {
      if (isProbeUrl(request.url)) {
        done();
      } else if (this.drain.isRefusing) {
        this.refuse(request, reply, 'stopping');
      } else if (connections.isBeyond(request.raw.socket)) {
        this.refuse(request, reply, 'connections');
      } else if (this.work.hasRoom) {
        done();
      } else {
        this.refuse(request, reply, 'requests');
      }
    });
    // Again once the body has come: whoever sent it slowly has taken no room meanwhile.
    server.addHook('preHandler', (request, reply, done) => {
      if (isProbeUrl(request.url)) {
        done();
      } else if (this.work.hasRoom) {
        this.enter(request, reply);
        done();
      } else {
        this.refuse(request, reply, 'requests');
      }
    });
    server.addHook('onSend', (request, reply, _payload, done) => {
      this.work.leave(contextOf(request), performance.now());
      if (connections.isBeyond(request.raw.socket)) {
        void reply.header('connection', 'close');
      }
      done();
    });
  }

  onApplicationBootstrap(): void {
    this.loop.onLook((delayMs) => this.look(delayMs));
  }

  /** The request being served only waits from here on: for its turn, or for that of its twin. */
  onlyWaits(): void {
    const context = currentRequestContext();
    if (context !== undefined) {
      this.work.leave(context, performance.now());
    }
  }

  private enter(request: FastifyRequest, reply: FastifyReply): void {
    const context = contextOf(request);
    this.work.enter(context, performance.now());
    // For whatever is given up without an answer.
    reply.raw.once('close', () => this.work.leave(context, performance.now()));
  }

  private refuse(request: FastifyRequest, reply: FastifyReply, reason: RefusalReason): void {
    this.refused += 1;
    this.metrics.refusedRequests.inc({ reason });
    contextOf(request).isRefused = true;
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding !== undefined || Number(length ?? 0) > BODY_WORTH_READING_PAST_BYTES) {
      void reply.header('connection', 'close');
    }
    sendProblem(reply, reason === 'stopping' ? elsewhere() : busy(), request.id);
  }

  private look(delayMs: number): void {
    this.work.adjust(delayMs, performance.now());
    this.metrics.workInHand.set(this.work.size);
    this.metrics.workLimit.set(this.work.limit);
    this.report(delayMs);
  }

  /** Says when it begins and when it is over, not each time. */
  private report(delayMs: number): void {
    const wasBusy = this.isBusy;
    this.isBusy = this.refused > 0 && !this.drain.isStopping;
    if (this.isBusy && !wasBusy) {
      const facts = { refused: this.refused, limit: this.work.limit, loop_delay_ms: Math.round(delayMs) };
      this.logger.warn({ msg: 'more requests than can be served; refusing some', ...facts });
    } else if (wasBusy && !this.isBusy) {
      this.logger.log({ msg: 'all requests are served again' });
    }
    this.refused = 0;
  }
}
