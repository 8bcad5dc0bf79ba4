import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections beyond the limit, for probes: they come on new ones, and which one is a probe's only it can say. */
const RESERVE = 256;
/** How long such a connection may take for its request and its answer. */
const RESERVE_TIMEOUT_MS = 2_000;

/**
 * Bounds the connections of a process. Beyond the limit a new one is let in for a moment, so that a probe gets its
 * answer; everything else that is asked there is to be refused, and what stays silent is cut. Beyond the reserve, a
 * connection is closed at once.
 */
export class ConnectionLimit {
  private open = 0;
  private readonly extra = new WeakSet<Socket>();

  constructor(server: Server, limit: number) {
    server.maxConnections = limit + RESERVE;
    server.on('connection', (socket: Socket) => {
      this.open += 1;
      socket.once('close', () => (this.open -= 1));
      if (this.open > limit) {
        this.extra.add(socket);
        setTimeout(() => socket.destroy(), RESERVE_TIMEOUT_MS).unref();
      }
    });
  }

  isBeyond(socket: Socket): boolean {
    return this.extra.has(socket);
  }
}
