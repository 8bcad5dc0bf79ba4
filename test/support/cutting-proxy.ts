import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * A network that breaks: passes bytes on to a service and, after so many of its answer, cuts the connection at
 * that very byte, without a word.
 */
export class CuttingProxy {
  /** After how many bytes of an answer the next connections are cut. */
  cutAfterBytes = Number.POSITIVE_INFINITY;
  /** How many connections were cut. */
  cuts = 0;
  private readonly open = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(target: string): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    const { hostname, port } = new URL(target);
    server.on('connection', (client) => {
      const upstream = connect(Number(port), hostname);
      proxy.open.add(client);
      let left = proxy.cutAfterBytes;
      client.pipe(upstream);
      upstream.on('data', (bytes: Buffer) => {
        if (bytes.length < left) {
          left -= bytes.length;
          client.write(bytes);
          return;
        }
        proxy.cuts += 1;
        client.write(bytes.subarray(0, left), () => client.resetAndDestroy());
        upstream.destroy();
      });
      upstream.on('end', () => client.end());
      for (const socket of [client, upstream]) {
        // The other side hears of it by its own end.
        socket.on('error', () => undefined);
        socket.on('close', () => {
          proxy.open.delete(client);
          client.destroy();
          upstream.destroy();
        });
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    // Clients keep connections for a next request, which will not come.
    this.open.forEach((socket) => socket.destroy());
    await closed;
  }
}
