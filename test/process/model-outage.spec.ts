import { Agent, request } from 'node:http';
import { Gate } from '../support/gate.js';
import { answer, type ModelScript } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const HANGING_TURNS = 200;
const CALLS = 1_000;

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
      AI_TIMEOUT_SECONDS: '60',
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

  it('should serve every other call, and the turns when the models are back', async () => {
    const { token } = await service.api.signIn();
    await service.api.send(token, 'Hello');
    await readHistory(token);
    const before = await readHistory(token);

    const held: ModelScript = answer('At last.', { heldUntil: gate.opened });
    model.respondWith(held);
    const sessions = await Promise.all(
      Array.from({ length: HANGING_TURNS / 50 }, () => service.api.signIn()),
    );
    const hanging = Array.from({ length: HANGING_TURNS }, (_, index) =>
      send(sessions[index % sessions.length]!.token),
    );
    let pending = 0;
    while (pending < HANGING_TURNS) {
      const [row] = await database.query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM chat_messages WHERE outcome = 'pending'`,
      );
      pending = row!.count;
    }
    const during = await readHistory(token);
    gate.open();
    const answers = await Promise.all(hanging);
    expect(answers.every((body) => body.includes('"response":"At last."'))).toBe(true);

    const at = (times: readonly number[], share: number): string =>
      (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
    console.info(
      `history with ${HANGING_TURNS} turns waiting for a model: median ${at(during, 0.5)} ms (before ${at(before, 0.5)}), ` +
        `p99 ${at(during, 0.99)} ms (before ${at(before, 0.99)})`,
    );
  }, 120_000);
});
