import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Configuration } from '../../config/configuration.js';
import { OpenRequests } from './open-requests.js';

/** What a part of the service has to do when the process stops. Each step is over everywhere before the next. */
export interface StopSteps {
  /** No new work is taken any more: ends what would go on for long. */
  readonly end?: () => void;
  /** Settles when the work this part has begun is done. */
  readonly finish?: () => Promise<unknown>;
  /** No work is left: closes what it was done with. */
  readonly close?: () => Promise<unknown>;
}

const LOOK_INTERVAL_MS = 25;
/** How long a client may still take for what it sends or reads too slowly, once all work is done. */
const SLOW_CLIENT_PATIENCE_MS = 1_000;
/** Later than an answer that is being written needs. */
const LAST_SWEEP_INTERVAL_MS = 50;

/**
 * The stop of the service, in an order by which no client notices: readiness says no at once; for a delay all is
 * served as before, but each answer ends its connection, so that clients and balancers move on; then new work is
 * refused, streams are told to read on elsewhere, what is in flight is finished, and the queue and the pool are
 * closed. The port is closed last: until then probes are answered, and liveness says yes.
 *
 * It runs inside `app.close()`, before the framework closes anything. Its own order would refuse connections first.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Drain.name);
  private readonly parts: StopSteps[] = [];
  private phase: 'serving' | 'leaving' | 'refusing' = 'serving';
  private server: FastifyInstance['server'] | undefined;
  private requests: OpenRequests | undefined;

  constructor(private readonly configuration: Configuration) {}

  /** Whether the process has been told to stop. */
  get isStopping(): boolean {
    return this.phase !== 'serving';
  }

  /** Whether work that comes now must go elsewhere. */
  get isRefusing(): boolean {
    return this.phase === 'refusing';
  }

  /** Must be called while modules are initialised. */
  join(steps: StopSteps): void {
    this.parts.push(steps);
  }

  /** Must be called before routes are added. */
  register(server: FastifyInstance): void {
    this.server = server.server;
    this.requests = new OpenRequests(server);
    server.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.isStopping) {
        void reply.header('connection', 'close');
      }
      done();
    });
    server.addHook('preClose', (done) => {
      this.closeRemainingConnections();
      done();
    });
  }

  /** Says no to readiness from this moment on; the rest is done by `app.close()`. */
  announce(): void {
    if (this.phase === 'serving') {
      this.phase = 'leaving';
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.announce();
    const { shutdownDelayMs } = this.configuration.http;
    if (this.server?.listening === true && shutdownDelayMs > 0) {
      this.logger.log({ msg: 'not ready any more; serving on for the delay', delay_ms: shutdownDelayMs });
      await delay(shutdownDelayMs);
    }
    this.phase = 'refusing';
    this.logger.log({ msg: 'taking no new work; finishing what is in flight' });
    const sweep = setInterval(() => this.server?.closeIdleConnections(), LOOK_INTERVAL_MS);
    try {
      this.parts.forEach(({ end }) => end?.());
      await this.until(() => this.requests?.hasWork !== true);
      await Promise.all(this.parts.flatMap(({ finish }) => finish?.() ?? []));
      this.logger.log({ msg: 'nothing is in flight any more; closing the queue and the database' });
      await Promise.all([this.slowClients(), ...this.parts.flatMap(({ close }) => close?.() ?? [])]);
    } finally {
      clearInterval(sweep);
    }
  }

  private async slowClients(): Promise<void> {
    const patience = performance.now() + SLOW_CLIENT_PATIENCE_MS;
    await this.until(() => this.requests?.isEmpty !== false || performance.now() > patience);
  }

  /** What it looks at belongs to the HTTP server and tells nobody; the looks are few. */
  private async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await delay(LOOK_INTERVAL_MS);
    }
  }

  /**
   * Node closes the connections it knows to be idle, but not one that was opened and never used, nor one whose
   * client has not done its part; the end would wait for them.
   */
  private closeRemainingConnections(): void {
    const sweep = setInterval(() => this.server?.closeAllConnections(), LAST_SWEEP_INTERVAL_MS);
    this.server?.once('close', () => clearInterval(sweep));
    sweep.unref();
  }
}
