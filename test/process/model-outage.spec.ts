import { Agent, request } from 'node:http';
import { Gate } from '../support/gate.js';
import { answer, type ModelScript } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const HANGING_TURNS = 200;
/** Fewer than a service takes in hand at the same time. */
const SENT_AT_ONCE = 50;
const CALLS = 1_000;
const MESSAGES_PER_SESSION = 50;
/** Each phase is measured so often, after as many calls that are not; the middle one of its figures counts. */
const ROUNDS = 3;

describe('While every model hangs', () => {
  const gate = new Gate();
  const agent = new Agent({ keepAlive: false });
  let model: ModelServer;
  let database: TestDatabase;
  let service: ServiceProcess;

  beforeAll(async () => {
    model = await ModelServer.start({ isRecording: false });
    database = await createTestDatabase();
    service = await ServiceProcess.start({
      DATABASE_URL: database.url,
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      AI_TIMEOUT_SECONDS: '110',
    });
  }, 60_000);

  afterAll(async () => {
    agent.destroy();
    await service.stop();
    await database.drop();
    await model.close();
  });

  /** How long the history took, call after call, in milliseconds. */
  async function readHistory(token: string): Promise<number[]> {
    const times: number[] = [];
    for (let call = 0; call < CALLS; call += 1) {
      const startedAt = performance.now();
      expect((await service.api.history(token)).status).toBe(200);
      times.push(performance.now() - startedAt);
    }
    return times.sort((a, b) => a - b);
  }

  const share = (sorted: readonly number[], part: number): number =>
    sorted[Math.floor(sorted.length * part)] ?? 0;

  /** Median and p99 of each round. The first, in which memory settles after what happened before, is told apart. */
  async function measure(token: string): Promise<{ first: string; settled: string }> {
    const rounds: number[][] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      rounds.push(await readHistory(token));
    }
    const [first = [], ...settled] = rounds;
    const middle = (part: number): number =>
      share(
        settled.map((times) => share(times, part)).sort((a, b) => a - b),
        0.5,
      );
    return {
      first: share(first, 0.99).toFixed(1),
      settled: `median ${middle(0.5).toFixed(1)}, p99 ${middle(0.99).toFixed(1)}`,
    };
  }

  /** Not by `fetch`: its pool, full of connections that wait, would slow down the calls that are measured. */
  const send = (token: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const call = request(`${service.url}/chat`, {
        agent,
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
      call.once('error', reject);
      call.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => resolve(text));
      });
      call.end('{"message":"Are you there?"}');
    });

  async function untilPending(turns: number): Promise<void> {
    let pending = 0;
    while (pending < turns) {
      const [row] = await database.query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM chat_messages WHERE outcome = 'pending'`,
      );
      pending = row!.count;
    }
  }

  it('should serve every other call, and the turns when the models are back', async () => {
    const { token } = await service.api.signIn();
    await service.api.send(token, 'Hello');
    const before = await measure(token);

    const held: ModelScript = answer('At last.', { heldUntil: gate.opened });
    model.respondWith(held);
    const sessions = await Promise.all(
      Array.from({ length: HANGING_TURNS / MESSAGES_PER_SESSION }, () => service.api.signIn()),
    );
    const hanging: Promise<string>[] = [];
    while (hanging.length < HANGING_TURNS) {
      for (let sent = 0; sent < SENT_AT_ONCE; sent += 1) {
        hanging.push(send(sessions[hanging.length % sessions.length]!.token));
      }
      await untilPending(hanging.length);
    }
    const during = await measure(token);
    gate.open();
    const answers = await Promise.all(hanging);
    expect(answers.every((body) => body.includes('"response":"At last."'))).toBe(true);

    console.info(
      `history, in milliseconds: before: ${before.settled}; with ${HANGING_TURNS} turns waiting for a model: ` +
        `${during.settled} (p99 of the first ${CALLS} calls: ${before.first} and ${during.first})`,
    );
  }, 120_000);
});
