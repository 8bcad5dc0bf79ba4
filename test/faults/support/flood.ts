/**
 * A process of its own that asks for more than a service can do, at a given rate, whether or not answers come: raw
 * sockets and ready-made requests, so that it takes little of the processor that it shares with the service.
 * Reads its order from the first argument, writes one line of JSON with what came of it.
 */
import { connect, type Socket } from 'node:net';

interface Order {
  readonly port: number;
  readonly connections: number;
  /** Absent: each connection asks again as soon as it has its answer. */
  readonly perSecond?: number;
  readonly seconds: number;
  readonly tokens: readonly string[];
}

const TICK_MS = 10;
const OPENED_AT_ONCE = 10;
const order = JSON.parse(process.argv[2] ?? '') as Order;
const durations = new Map<string, number[]>();
const idle: Visitor[] = [];
let asked = 0;
let late = 0;
let isOver = false;

class Visitor {
  private socket: Socket | undefined;
  private askedAt = 0;
  private warmedUp: (() => void) | undefined;
  private readonly request: string;

  constructor(index: number) {
    const body = JSON.stringify({ message: `flood ${index}` });
    this.request =
      `POST /chat HTTP/1.1\r\nHost: x\r\nUser-Agent: parley-fault-suite/1.0\r\n` +
      `Authorization: Bearer ${order.tokens[index % order.tokens.length]}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  }

  /** Opens the connection and has it taken: libuv takes one in each turn of the loop, so a rush of them is another test. */
  warmUp(): Promise<void> {
    return new Promise((resolve) => {
      this.warmedUp = resolve;
      this.socket = this.open();
      this.socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    });
  }

  ask(): void {
    asked += 1;
    this.askedAt = performance.now();
    this.socket ??= this.open();
    this.socket.write(this.request);
  }

  private open(): Socket {
    const socket = connect(order.port, '127.0.0.1');
    socket.setNoDelay(true);
    // Answers are small: their head and their body come in one piece, or at worst in two.
    let head = '';
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (end !== -1 && head.length >= end + 4 + length) {
        const status = head.slice(9, 12);
        head = '';
        this.done(status);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const wasAsking = this.askedAt !== 0 || this.warmedUp !== undefined;
      this.socket = undefined;
      if (wasAsking) {
        this.done('broken');
      }
    });
    return socket;
  }

  private done(result: string): void {
    if (this.warmedUp !== undefined) {
      this.warmedUp();
      this.warmedUp = undefined;
      return;
    }
    const list = durations.get(result) ?? [];
    durations.set(result, list);
    list.push(performance.now() - this.askedAt);
    this.askedAt = 0;
    if (order.perSecond === undefined && !isOver) {
      this.ask();
    } else {
      idle.push(this);
    }
  }
}

const visitors = Array.from({ length: order.connections }, (_, index) => new Visitor(index));
for (let from = 0; from < visitors.length; from += OPENED_AT_ONCE) {
  await Promise.all(visitors.slice(from, from + OPENED_AT_ONCE).map((visitor) => visitor.warmUp()));
}
const startedAt = performance.now();
if (order.perSecond === undefined) {
  visitors.forEach((visitor) => visitor.ask());
} else {
  idle.push(...visitors);
}
const timer = setInterval(() => {
  const elapsed = (performance.now() - startedAt) / 1_000;
  if (elapsed >= order.seconds) {
    clearInterval(timer);
    isOver = true;
    // What is still under way gets a moment to be answered.
    setTimeout(report, 3_000);
    return;
  }
  for (let due = Math.floor(elapsed * (order.perSecond ?? 0)) - asked - late; due > 0; due -= 1) {
    const visitor = idle.shift();
    if (visitor === undefined) {
      late += 1;
    } else {
      visitor.ask();
    }
  }
}, TICK_MS);

function report(): void {
  const results = [...durations].map(([result, list]) => {
    const sorted = list.sort((one, other) => one - other);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    const figures = { count: list.length, median: at(0.5), p99: at(0.99), longest: sorted.at(-1) ?? 0 };
    return [result, figures] as const;
  });
  process.stdout.write(
    `${JSON.stringify({ asked, withoutConnection: late, results: Object.fromEntries(results) })}\n`,
    () => process.exit(0),
  );
}
