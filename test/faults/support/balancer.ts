import { once } from 'node:events';
import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Replica } from './replica.js';

const POLL_MS = 200;
const PROBE_TIMEOUT_MS = 1_000;
/** Below the 5 s after which Node's servers close an idle connection: whoever keeps it longer loses that race. */
const IDLE_UPSTREAM_MS = 4_000;
const HOP_HEADERS = ['connection', 'keep-alive', 'transfer-encoding'];

/**
 * What stands before replicas in production: sends each request to one that its probe calls ready, in turn.
 * Connections of clients are kept alive, and so are its own to the replicas. It sends a request again only
 * where the first replica refused the connection, so that not a byte was sent. When none is ready it sends to
 * any, as Envoy and the balancers of AWS do: the service's own answer is better than none.
 */
export class Balancer {
  /** How many requests it answered itself, with 502, because a replica broke the connection. */
  badGateways = 0;
  /** How many requests went to a second replica because the first one refused the connection. */
  refused = 0;
  private readonly ready = new Set<Replica>();
  private readonly agent = new Agent({ keepAlive: true, maxSockets: Infinity, timeout: IDLE_UPSTREAM_MS });
  private readonly server: Server;
  private turn = 0;
  private poll: NodeJS.Timeout | undefined;

  private constructor(private readonly replicas: readonly Replica[]) {
    this.server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
      this.forward(incoming, outgoing, this.inOrder());
    });
  }

  static async start(replicas: readonly Replica[]): Promise<Balancer> {
    const balancer = new Balancer(replicas);
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    await balancer.look();
    balancer.poll = setInterval(() => void balancer.look(), POLL_MS);
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get readyReplicas(): readonly Replica[] {
    return [...this.ready];
  }

  /** Asks every replica now, without waiting for the next round. */
  async look(): Promise<void> {
    await Promise.all(
      this.replicas.map(async (replica) => {
        const isReady = (await replica.probe('/readyz', PROBE_TIMEOUT_MS)) === 200;
        if (isReady) this.ready.add(replica);
        else this.ready.delete(replica);
      }),
    );
  }

  async close(): Promise<void> {
    clearInterval(this.poll);
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
    await closed;
  }

  private inOrder(): Replica[] {
    const known = this.replicas.filter((replica) => this.ready.has(replica));
    const usable = known.length > 0 ? known : [...this.replicas];
    this.turn += 1;
    const start = this.turn % usable.length;
    return [...usable.slice(start), ...usable.slice(0, start)];
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse, replicas: readonly Replica[]): void {
    const [replica, ...others] = replicas;
    if (replica === undefined) {
      this.answerBadGateway(outgoing);
      return;
    }
    const upstream = request({
      agent: this.agent,
      host: '127.0.0.1',
      port: replica.port,
      method: incoming.method,
      path: incoming.url,
      headers: {
        ...withoutHopHeaders(incoming),
        'x-forwarded-for': incoming.headers['x-forwarded-for'] ?? incoming.socket.remoteAddress,
      },
    });
    // A request that the client gives up is given up here; what its replica does with it is its own affair.
    outgoing.once('close', () => upstream.destroy());
    upstream.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, withoutHopHeaders(answer));
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    upstream.once('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.destroyed) return;
      if (error.code === 'ECONNREFUSED') {
        this.ready.delete(replica);
        this.refused += 1;
        incoming.unpipe(upstream);
        this.forward(incoming, outgoing, others);
        return;
      }
      this.answerBadGateway(outgoing);
    });
    // The body leaves once there is a connection: until then it can still go to another replica.
    upstream.once('socket', (socket) => {
      const send = (): unknown => incoming.pipe(upstream);
      if (socket.connecting) socket.once('connect', send);
      else send();
    });
  }

  private answerBadGateway(outgoing: ServerResponse): void {
    this.badGateways += 1;
    if (outgoing.headersSent) {
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('bad gateway');
  }
}

function withoutHopHeaders({ headers }: IncomingMessage): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.includes(name)));
}
