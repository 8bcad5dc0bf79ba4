import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Does something else with a request than to pass it on; `pass` passes it on all the same. */
export type Fault = (incoming: IncomingMessage, response: ServerResponse, pass: () => void) => void;

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** Passes requests on to a service, but for those that it is told to do otherwise with. */
export class FaultyProxy {
  readonly seen: SeenRequest[] = [];
  private readonly faults: Fault[] = [];

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async start(target: string): Promise<FaultyProxy> {
    const server = createServer();
    const proxy = new FaultyProxy(server, new URL(target));
    server.on('request', (incoming, response) => proxy.take(incoming, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What happens to the next requests, one after the other. */
  next(...faults: readonly Fault[]): void {
    this.faults.push(...faults);
  }

  /** Does nothing of what it was told to any more. */
  dropFaults(): void {
    this.faults.length = 0;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private take(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = incoming;
    this.seen.push({ method, path: url, headers });
    const pass = (): void => this.pass(incoming, response);
    (this.faults.shift() ?? ((_incoming, _response, passOn) => passOn()))(incoming, response, pass);
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url: path, headers } = incoming;
    const { hostname, port } = this.target;
    const upstream = request({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    // Either side that goes takes the other with it.
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  }
}

/** Answers with a problem in the service's place. */
export function problem(status: number, code: string, retryAfter?: number): Fault {
  return (_incoming, response) => {
    response.writeHead(status, {
      'content-type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
    response.end(JSON.stringify({ code, status, detail: `As told: ${code}.`, request_id: 'told' }));
  };
}

/** Lets the service do its work and loses its answer. */
export const loseAnswer: Fault = (_incoming, response, pass) => {
  response.writeHead = () => {
    response.destroy();
    return response;
  };
  pass();
};

/** Answers with these events in the service's place, and keeps the connection where told. */
export function events(texts: readonly string[], isHeld = false): Fault {
  return (_incoming, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(texts.join(''));
    if (!isHeld) {
      response.end();
    }
  };
}
