import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A loopback server that gives every request the same answer, in whatever protocol its frames are. */
export class CannedServer {
  readonly requests: SeenRequest[] = [];
  private status = 200;
  private body = '';

  private constructor(private readonly http: Server) {
    http.on('request', (request, response) => {
      void (async () => {
        let text = '';
        for await (const chunk of request.setEncoding('utf8')) {
          text += String(chunk);
        }
        this.requests.push({ path: request.url!, headers: request.headers, body: JSON.parse(text) });
        const type = this.status === 200 ? 'text/event-stream' : 'application/json';
        response.writeHead(this.status, { 'Content-Type': type }).end(this.body);
      })();
    });
  }

  static async start(): Promise<CannedServer> {
    const http = createServer();
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return new CannedServer(http);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/base`;
  }

  /** Server-sent events, each a type (or none) and its data. */
  stream(...events: readonly (readonly [type: string | undefined, data: object])[]): void {
    this.status = 200;
    this.body = events
      .map(
        ([type, data]) => `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(data)}\n\n`,
      )
      .join('');
  }

  fail(status: number, body: object): void {
    this.status = status;
    this.body = JSON.stringify(body);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }
}
