import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Gate } from '../support/gate.js';
import { echo, lastUserMessage } from '../support/model-server/model-script.js';
import { ChatClient } from './support/chat-client.js';
import { Deployment } from './support/deployment.js';
import { byForm } from './support/fault-options.js';
import { HelperProcess } from './support/helper-process.js';
import { percentile } from './support/probe-watch.js';
import { ScenarioReport } from './support/scenario-report.js';

const PEAK_SECONDS = byForm({ short: 5, long: 10 });
const FLOOD_SECONDS = byForm({ short: 15, long: 60 });
const TIMES_CAPACITY = 10;
const PEAK_CONNECTIONS = 32;
const FLOOD_CONNECTIONS = 1_000;
const SESSIONS = 200;
const SLOW_CONNECTIONS = 500;
/** Opened one after the other: fast enough to keep as many open, although each is cut after 15 or 30 s. */
const SLOW_EVERY_MS = 10;
const STREAMS = 2_000;
const OPENED_AT_ONCE = 20;
const HUGE_BODIES = 10;
const HUGE_BYTES = 100 * 1_024 * 1_024;
const CALM_CALLS = 20;
/** What the service may take in the deployment. */
const MEMORY_LIMIT_MB = 512;

interface FloodResult {
  readonly asked: number;
  readonly withoutConnection: number;
  readonly results: Readonly<
    Record<string, { count: number; median: number; p99: number; longest: number } | undefined>
  >;
}

describe('7. Ten times what can be served, slow clients, huge bodies and idle streams', () => {
  let deployment: Deployment;
  let client: ChatClient;
  const held = new Gate();
  const agent = new Agent({ keepAlive: false });
  const sockets: Socket[] = [];

  beforeAll(async () => {
    deployment = await Deployment.start({
      replicas: 1,
      // The model of the idle streams says nothing for longer than the scenario takes.
      settings: { AI_MAX_CONCURRENT_CALLS: '5000', AI_TIMEOUT_SECONDS: '600' },
    });
    deployment.model.respondWith((asked) =>
      lastUserMessage(asked) === 'idle' ? echo({ heldUntil: held.opened }) : echo(),
    );
    client = new ChatClient(deployment.replicas[0]!.url, 32);
  });

  afterAll(async () => {
    sockets.forEach((socket) => socket.destroy());
    held.open();
    agent.destroy();
    await client.close();
    await deployment.stop();
  });

  const openStream = async (url: string, token: string): Promise<void> => {
    const call = request(`${url}/chat/stream`, {
      agent,
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'user-agent': 'parley-fault-suite/1.0',
      },
    });
    call.end('{"message":"idle"}');
    const [response] = (await once(call, 'response')) as [
      NodeJS.ReadableStream & { statusCode: number; on: unknown },
    ];
    if (response.statusCode !== 200) {
      throw new Error(`a stream was answered ${response.statusCode}`);
    }
    response.resume();
    response.once('error', () => undefined);
    sockets.push(call.socket as Socket);
  };

  /** Says one more byte of a request each second, half of them of its head and half of its body. */
  const openSlow = (port: number, token: string, index: number): Socket => {
    const socket = connect(port, '127.0.0.1');
    const head = `POST /chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
    socket.on('error', () => undefined).resume();
    socket.write(
      index % 2 === 0 ? 'POST /chat HTTP/1.1\r\nX-Slow: ' : `${head}Content-Length: 5000\r\n\r\n{`,
    );
    const timer = setInterval(() => socket.write('x'), 1_000).unref();
    socket.once('close', () => clearInterval(timer));
    return socket;
  };

  /** Sends a huge body; how many bytes went out until the service had enough of it. */
  const sendHuge = async (port: number, token: string, index: number): Promise<number> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    const framing = index % 2 === 0 ? `Content-Length: ${HUGE_BYTES}` : 'Transfer-Encoding: chunked';
    socket.write(
      `POST /chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`,
    );
    const chunk = Buffer.alloc(65_536, 'x');
    const piece =
      index % 2 === 0 ? chunk : Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')]);
    while (!socket.destroyed && socket.bytesWritten < HUGE_BYTES) {
      if (!socket.write(piece)) {
        await new Promise<void>((resolve) => {
          socket.once('drain', resolve).once('close', resolve);
        });
      }
    }
    socket.destroy();
    return socket.bytesWritten;
  };

  it('should serve nearly as much as at its best, refuse the rest at once, and be itself soon after', async () => {
    const [replica] = deployment.replicas;
    if (replica === undefined) {
      throw new Error('there is no replica');
    }
    const { port, url } = replica;
    const tokens = await client.signIn(SESSIONS);
    const flood = (order: object) =>
      new HelperProcess<FloodResult>('flood.ts', JSON.stringify({ port, tokens, ...order })).result;

    await flood({ connections: PEAK_CONNECTIONS, seconds: 5 });
    const best = await flood({ connections: PEAK_CONNECTIONS, seconds: PEAK_SECONDS });
    const peak = (best.results['200']?.count ?? 0) / PEAK_SECONDS;

    for (let opened = 0; opened < STREAMS; opened += OPENED_AT_ONCE) {
      await Promise.all(
        Array.from({ length: OPENED_AT_ONCE }, (_, index) =>
          openStream(url, tokens[(opened + index) % SESSIONS] ?? ''),
        ),
      );
    }
    const memoryBefore = replica.residentMb ?? 0;
    let memoryMost = memoryBefore;
    const sampling = setInterval(() => {
      memoryMost = Math.max(memoryMost, replica.residentMb ?? 0);
    }, 1_000);
    // Those that the service cuts come back, as slow clients do.
    let isOver = false as boolean;
    const slow = new Set<Socket>();
    const keepSlow = (async () => {
      for (let index = 0; !isOver; index += 1) {
        if (slow.size < SLOW_CONNECTIONS) {
          const socket = openSlow(port, tokens[index % SESSIONS] ?? '', index);
          slow.add(socket);
          socket.once('close', () => slow.delete(socket));
        }
        await delay(SLOW_EVERY_MS);
      }
      slow.forEach((socket) => socket.destroy());
    })();
    while (slow.size < SLOW_CONNECTIONS) {
      await delay(100);
    }
    const prober = new HelperProcess<{ durations: number[]; failed: number }>('prober.ts', `${url}/livez`);
    const flooding = flood({
      connections: FLOOD_CONNECTIONS,
      perSecond: Math.round(peak * TIMES_CAPACITY),
      seconds: FLOOD_SECONDS,
    });
    const huge = await Promise.all(
      Array.from({ length: HUGE_BODIES }, (_, index) => sendHuge(port, tokens[index] ?? '', index)),
    );
    const under = await flooding;
    const endedAt = performance.now();
    isOver = true;
    await keepSlow;
    const { durations, failed } = await prober.stop();
    clearInterval(sampling);

    let calm = 0;
    for (let index = 0; calm < CALM_CALLS && performance.now() < endedAt + 30_000; index += 1) {
      const { record } = await client.send({
        token: tokens[index % SESSIONS] ?? '',
        message: 'calm',
        key: `calm-${index}`,
      });
      calm = record.result === 'ok' && record.durationMs < 1_000 ? calm + 1 : 0;
      await delay(20);
    }
    const calmAfter = calm === CALM_CALLS ? (performance.now() - endedAt) / 1_000 : undefined;
    const openStreams = sockets.slice(0, STREAMS).filter((socket) => !socket.destroyed).length;

    const goodput = (under.results['200']?.count ?? 0) / FLOOD_SECONDS;
    const report = new ScenarioReport('7. Ten times what can be served').did(
      `${Math.round(peak * TIMES_CAPACITY)} chats a second for ${FLOOD_SECONDS} s where ${peak.toFixed(0)} are the most, ` +
        `with ${STREAMS} idle streams, ${SLOW_CONNECTIONS} slow connections and ${HUGE_BODIES} bodies of 100 MB`,
    );
    for (const [result, figures] of Object.entries(under.results)) {
      if (figures !== undefined) {
        report.note(
          `${figures.count} answered ${result}: median ${figures.median.toFixed(0)} ms, p99 ${figures.p99.toFixed(0)} ms, longest ${figures.longest.toFixed(0)} ms`,
        );
      }
    }
    report
      .note(
        `asked ${under.asked} times; ${under.withoutConnection} times all ${FLOOD_CONNECTIONS} connections were waiting`,
      )
      .note(`goodput ${goodput.toFixed(0)} a second, ${((goodput / peak) * 100).toFixed(0)} % of the peak`)
      .note(`memory ${memoryBefore.toFixed(0)} MB with the streams, at most ${memoryMost.toFixed(0)} MB`)
      .note(`liveness: median ${percentile(durations, 0.5).toFixed(0)} ms of ${durations.length} looks`)
      .atMost('looks that found it not alive', failed, 0, '')
      .atMost('liveness p99', percentile(durations, 0.99), 200, ' ms')
      .atMost('peak beyond goodput', 100 - (goodput / peak) * 100, 30, ' %')
      .atMost('p99 of refusals', under.results['503']?.p99, 1_000, ' ms')
      .atMost('connections broken under the load', under.results['broken']?.count ?? 0, 0, '')
      .atMost('bytes taken of a body of 100 MB', Math.max(...huge) / 1_048_576, 20, ' MB')
      .atMost('idle streams lost', STREAMS - openStreams, 0, '')
      .atMost('resident memory', memoryMost, MEMORY_LIMIT_MB, ' MB')
      .atMost('as before after', calmAfter, 10, ' s')
      .conclude();
  }, 600_000);
});
