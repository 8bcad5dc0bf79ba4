import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EventReader, type ReceivedEvent } from '../support/event-reader.js';
import { answer, echo, lastUserMessage } from '../support/model-server/model-script.js';
import { ChatClient } from './support/chat-client.js';
import { Deployment } from './support/deployment.js';
import { byForm } from './support/fault-options.js';
import { ProbeWatch } from './support/probe-watch.js';
import type { Replica } from './support/replica.js';
import { ScenarioReport } from './support/scenario-report.js';
import { readToEnd } from './support/stream-client.js';

const DELAY_SECONDS = byForm({ short: 2, long: 5 });
const LONGEST_SECONDS = 3;
const REQUESTS = 20;
const CONNECTIONS = 10;
const STREAMS = 50;
const CHATTY_PAUSE_MS = 50;
/** Late enough that each request is still in flight when the delay is over, early enough that it is let in. */
const LAST_REQUESTS_MS = DELAY_SECONDS * 1_000 - 1_500;
const WORDS = 50;

interface Chatter {
  readonly statuses: (number | string)[];
  /** Statuses of answers that did not end their connection although the stop had begun. */
  readonly kept: number[];
}

describe('2. SIGTERM in the middle of everything', () => {
  let deployment: Deployment;
  let client: ChatClient;

  beforeAll(async () => {
    deployment = await Deployment.start({
      replicas: 1,
      settings: { SHUTDOWN_DELAY_SECONDS: String(DELAY_SECONDS) },
    });
    // Streams are begun before the signal and outlive the delay by as much as the requests do.
    const deltaDelayMs = ((DELAY_SECONDS + LONGEST_SECONDS) * 1_000) / WORDS;
    deployment.model.respondWith((asked) =>
      lastUserMessage(asked) === 'stream'
        ? answer(Array.from({ length: WORDS }, (_, index) => `word${index}`).join(' '), { deltaDelayMs })
        : echo({ delayMs: LONGEST_SECONDS * 1_000 }),
    );
    client = new ChatClient(deployment.replicas[0]!.url, 64);
  });

  afterAll(async () => {
    await client.close();
    await deployment.stop();
  });

  const openIdle = async ({ port }: Replica): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    return socket;
  };

  const ask = (url: string, token: string, agent: Agent) =>
    new Promise<{ status: number; keeps: boolean }>((resolve, reject) => {
      request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
        const status = response.statusCode ?? 0;
        const keeps = response.headers.connection !== 'close';
        response.resume().once('end', () => resolve({ status, keeps }));
      })
        .once('error', reject)
        .end();
    });

  it('should be over in order and in time, with everything answered', async () => {
    const [replica] = deployment.replicas as [Replica];
    const tokens = await client.signIn(STREAMS);
    let signalledAt = Infinity;
    let exitedAt = Infinity;

    const idle = await Promise.all(Array.from({ length: CONNECTIONS }, () => openIdle(replica)));
    const chatters = Array.from({ length: CONNECTIONS }, (_, index) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const seen: Chatter = { statuses: [], kept: [] };
      const ended = (async () => {
        while (exitedAt === Infinity) {
          const begunAt = performance.now();
          try {
            const { status, keeps } = await ask(`${replica.url}/auth/session`, tokens[index] ?? '', agent);
            seen.statuses.push(status);
            if (keeps && begunAt > signalledAt + 100) {
              seen.kept.push(status);
            }
          } catch (error) {
            seen.statuses.push((error as NodeJS.ErrnoException).code ?? String(error));
          }
          await delay(CHATTY_PAUSE_MS);
        }
        agent.destroy();
      })();
      return { seen, ended };
    });
    const readers = await Promise.all(
      tokens.map((token, index) =>
        EventReader.open(replica.url, token, { message: 'stream', key: `stream-${index}` }),
      ),
    );
    const streams: Promise<ReceivedEvent[]>[] = readers.map((reader) => reader.toEnd());
    const send = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) =>
        client.send({
          token: tokens[from + index] ?? '',
          message: `slow ${from + index}`,
          key: `slow-${from + index}`,
        }),
      );
    const requests = send(0, REQUESTS / 2);
    const watch = new ProbeWatch(replica);
    await delay(300);

    const exit = replica.stop();
    signalledAt = performance.now();
    void exit.then(() => (exitedAt = performance.now()));
    // When it was last asked and said yes; how long the answer is on its way through this machine does not count.
    let lastReady = -Infinity;
    let answeredAfter = Infinity;
    while (performance.now() < signalledAt + 1_000) {
      const askedAfter = performance.now() - signalledAt;
      const status = await replica.probe('/readyz');
      if (status === 200) {
        lastReady = askedAfter;
      } else if (status === 503) {
        answeredAfter = Math.min(answeredAfter, performance.now() - signalledAt);
      }
    }
    await delay(signalledAt + LAST_REQUESTS_MS - performance.now());
    requests.push(...send(REQUESTS / 2, REQUESTS));
    const { code } = await exit;
    await watch.end();
    await Promise.all(chatters.map(({ ended }) => ended));
    const answers = await Promise.all(requests);
    const told = await Promise.all(streams);
    const lastAlive = Math.max(...watch.liveness.filter(({ status }) => status === 200).map(({ at }) => at));
    const notAlive = watch.liveness.filter(({ status }) => status !== 200 && status !== undefined);

    await replica.start();
    const resumed = await Promise.all(
      tokens.map((token, index) => readToEnd(replica.url, token, 'stream', `stream-${index}`)),
    );

    const longest = Math.max(...client.calls.map(({ durationMs }) => durationMs)) / 1_000;
    const tally = (values: readonly (number | string)[]): string =>
      [...Map.groupBy(values, (value) => value)]
        .map(([value, list]) => `${list.length} times ${value}`)
        .join(', ');
    const statuses = chatters.flatMap(({ seen }) => seen.statuses);
    new ScenarioReport('2. SIGTERM in the middle of everything')
      .did(
        `SIGTERM with ${REQUESTS} requests of ${LONGEST_SECONDS} s, ${CONNECTIONS} idle and ${CONNECTIONS} chatty connections, ${STREAMS} streams; delay ${DELAY_SECONDS} s`,
      )
      .calls(client.calls)
      .note(`chatty clients: ${tally(statuses)}`)
      .note(`streams ended with: ${tally(told.map((events) => events.at(-1)?.data.code ?? 'done'))}`)
      .note(`the first 503 of readiness was here after ${answeredAfter.toFixed(0)} ms`)
      .atMost('readiness last asked and said yes, after the signal', lastReady, 100, ' ms')
      .atMost('looks that found it not alive before its end', notAlive.length, 0, '')
      .atMost('from the last yes of liveness to the exit', exitedAt - lastAlive, 500, ' ms')
      .atMost('requests not answered', answers.filter(({ record }) => record.result !== 'ok').length, 0, '')
      .atMost(
        'streams not ended by the typed event',
        told.filter((events) => events.at(-1)?.data.code !== 'service_unavailable').length,
        0,
        '',
      )
      .atMost('streams not whole when read on', resumed.filter(({ isWhole }) => !isWhole).length, 0, '')
      .atMost(
        'answers that kept their connection after the signal',
        chatters.flatMap(({ seen }) => seen.kept).length,
        0,
        '',
      )
      .atMost('idle connections still open', idle.filter((socket) => !socket.closed).length, 0, '')
      .atMost('exit code', code ?? Infinity, 0, '')
      .atMost(
        'the process was gone after',
        (exitedAt - signalledAt) / 1_000,
        DELAY_SECONDS + longest + 1,
        ' s',
      )
      .conclude();
    expect(statuses).toContain(503);
  });
});
