import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { Metrics } from './metrics.js';

const SCRAPE_TIMEOUT_MS = 5_000;

/**
 * Serves `GET /metrics` on a port of its own, which need not be reachable by visitors. A port that is taken
 * is no reason to leave visitors without a chat: the service says so and goes on without.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MetricsServer.name);
  private readonly server: Server;

  constructor(
    private readonly metrics: Metrics,
    private readonly configuration: Configuration,
  ) {
    this.server = createServer({ requestTimeout: SCRAPE_TIMEOUT_MS }, (request, response) => {
      void this.answer(request, response);
    });
  }

  /** The port that was bound; undefined while there is none. */
  get port(): number | undefined {
    return (this.server.address() as AddressInfo | null)?.port;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { host, metricsPort } = this.configuration.http;
    try {
      this.server.listen(metricsPort, host);
      await once(this.server, 'listening');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      this.logger.warn({
        msg: `no metrics: METRICS_PORT ${metricsPort} on ${host} cannot be used`,
        error_code: code,
      });
    }
  }

  onApplicationShutdown(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end();
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else {
      const text = await this.metrics.registry.metrics();
      response.writeHead(200, { 'content-type': this.metrics.registry.contentType }).end(text);
    }
  }
}
