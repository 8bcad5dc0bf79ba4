import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the network does to the bytes of both directions. */
export type NetworkFault =
  | { readonly kind: 'none' }
  /** Every piece arrives so much later, in order. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** The connection is cut, with a reset, after so many bytes of the answer. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Connections are accepted and stay open; nothing passes, in neither direction. */
  | { readonly kind: 'blackhole' }
  /** So many bytes pass every so many milliseconds. */
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
  /** New connections are reset at once. */
  | { readonly kind: 'reset' };

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
}

/** A network on loopback that breaks on command. A fault holds for open connections and for new ones. */
export class FaultProxy {
  fault: NetworkFault = { kind: 'none' };
  private readonly pairs = new Set<Pair>();
  private readonly server: Server;

  private constructor(private target: number) {
    this.server = createServer((client) => this.accept(client));
  }

  /** @param target the port on loopback that connections go to */
  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get openConnections(): number {
    return this.pairs.size;
  }

  /** Where new connections go from now on, as when a fail-over moves an address. Open ones stay. */
  pointTo(target: number): void {
    this.target = target;
  }

  /** Cuts every open connection with a reset. */
  resetAll(): void {
    for (const { client, upstream } of this.pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.resetAll();
    await closed;
  }

  private accept(client: Socket): void {
    // The other side hears of an error by its own end.
    client.on('error', () => undefined);
    if (this.fault.kind === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(this.target, '127.0.0.1');
    const pair: Pair = { client, upstream };
    this.pairs.add(pair);
    upstream.on('error', () => client.resetAndDestroy());
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.once('close', () => {
        this.pairs.delete(pair);
        client.destroy();
        upstream.destroy();
      });
    }
    const answered = { bytes: 0 };
    this.pass(client, upstream, () => undefined);
    this.pass(upstream, client, (length) => {
      answered.bytes += length;
      if (this.fault.kind === 'cut' && answered.bytes >= this.fault.afterBytes) {
        client.resetAndDestroy();
      }
    });
  }

  /** Piece after piece: the next one is read when the one before has passed. */
  private pass(from: Socket, to: Socket, passed: (length: number) => void): void {
    const copy = async (): Promise<void> => {
      for await (const piece of from as AsyncIterable<Buffer>) {
        for (let rest = piece; rest.length > 0;) {
          const part = await this.admit(rest, to);
          if (!to.writable) return;
          if (!to.write(part)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
          passed(part.length);
          rest = rest.subarray(part.length);
        }
      }
      to.end();
    };
    // A broken connection; `close` tells the other side.
    copy().catch(() => to.destroy());
  }

  /** Waits as the fault asks for, and says how much may pass. */
  private async admit(rest: Buffer, to: Socket): Promise<Buffer> {
    while (this.fault.kind === 'blackhole' && to.writable) {
      await delay(10);
    }
    switch (this.fault.kind) {
      case 'latency':
        await delay(this.fault.ms);
        return rest;
      case 'trickle': {
        const { bytes, everyMs } = this.fault;
        await delay(everyMs);
        return rest.subarray(0, bytes);
      }
      default:
        return rest;
    }
  }
}
