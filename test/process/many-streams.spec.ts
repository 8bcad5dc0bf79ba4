import { readFileSync } from 'node:fs';
import { Agent, request, type IncomingMessage } from 'node:http';
import { Gate } from '../support/gate.js';
import { answer } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const STREAMS = 2_000;
const STREAMS_PER_SESSION = 50;
const OPENED_AT_ONCE = 50;
const TEXT = Array.from({ length: 50 }, (_, index) => `word${index}`).join(' ');

interface OpenStream {
  readonly response: IncomingMessage;
  readonly ended: Promise<string>;
}

describe(`${STREAMS} streams open in one process`, () => {
  let model: ModelServer;
  let database: TestDatabase;
  let service: ServiceProcess;
  const gate = new Gate();
  const agent = new Agent({ keepAlive: false });

  beforeAll(async () => {
    model = await ModelServer.start({
      isRecording: false,
      reply: answer(TEXT, { heldUntil: gate.opened, deltaDelayMs: 20 }),
    });
    database = await createTestDatabase();
    service = await ServiceProcess.start({
      DATABASE_URL: database.url,
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      AI_TIMEOUT_SECONDS: '120',
      AI_MAX_CONCURRENT_CALLS: String(STREAMS),
    });
  }, 60_000);

  afterAll(async () => {
    agent.destroy();
    await service.stop();
    await database.drop();
    await model.close();
  });

  const open = (token: string): Promise<OpenStream> =>
    new Promise((resolve, reject) => {
      const call = request(`${service.url}/chat/stream`, {
        agent,
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'user-agent': 'parley-tests/1.0',
        },
      });
      call.once('error', reject);
      call.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        resolve({ response, ended: new Promise((end) => response.once('end', () => end(text))) });
      });
      call.end('{"message":"Hello"}');
    });

  /** Resident memory in MB, as Linux tells it; elsewhere nothing is said. */
  const memory = (): number | undefined => {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) / 1_024;
    } catch {
      return undefined;
    }
  };

  it('should all come to their end, while probes are answered', async () => {
    const sessions = await Promise.all(
      Array.from({ length: STREAMS / STREAMS_PER_SESSION }, (_, index) =>
        service.api.signIn(`visitor-${index}@example.com`),
      ),
    );
    const before = memory();
    const streams: OpenStream[] = [];
    while (streams.length < STREAMS) {
      const from = streams.length;
      streams.push(
        ...(await Promise.all(
          Array.from({ length: OPENED_AT_ONCE }, (_, index) =>
            open(sessions[(from + index) % sessions.length]!.token),
          ),
        )),
      );
    }
    expect(streams.every(({ response }) => response.statusCode === 200)).toBe(true);
    const open2000 = memory();

    const probes: number[] = [];
    let isDone = false as boolean;
    const probing = (async () => {
      while (!isDone) {
        const startedAt = performance.now();
        expect((await service.api.call('GET', '/livez')).status).toBe(200);
        probes.push(performance.now() - startedAt);
      }
    })();
    gate.open();
    const texts = await Promise.all(streams.map(({ ended }) => ended));
    isDone = true;
    await probing;

    for (const text of texts) {
      expect(text).toContain('event: accepted');
      expect(text.match(/event: (done|error)/g)).toEqual(['event: done']);
      expect(text).toContain(`"outcome":"answered","response":"${TEXT}"`);
    }
    const sorted = probes.sort((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0);
    console.info(
      `${STREAMS} streams: ${before === undefined || open2000 === undefined ? 'memory unknown' : `${(((open2000 - before) * 1_024) / STREAMS).toFixed(0)} KB each (${before.toFixed(0)} to ${open2000.toFixed(0)} MB)`}; ` +
        `liveness while they ran: median ${at(0.5)} ms, p99 ${at(0.99)} ms of ${sorted.length}`,
    );
  }, 180_000);
});
