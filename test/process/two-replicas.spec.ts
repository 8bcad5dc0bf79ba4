import { setTimeout as delay } from 'node:timers/promises';
import type { ApiResponse, SentMessage } from '../support/api-client.js';
import { echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const KEYS = 200;
const TWINS = 20;
/** As many as the default MAX_MESSAGES_PER_SESSION allows: a turn counted twice would lock out a later key. */
const KEYS_PER_SESSION = 50;
const KEYS_AT_ONCE = 10;

interface Turn {
  readonly token: string;
  readonly key: string;
  readonly message: string;
}

describe('Two replicas on one database', () => {
  let model: ModelServer;
  let database: TestDatabase;
  let replicas: ServiceProcess[];

  beforeAll(async () => {
    model = await ModelServer.start({ reply: echo({ delayMs: 20 }) });
    database = await createTestDatabase();
    const settings = {
      DATABASE_URL: database.url,
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
    };
    replicas = await Promise.all([ServiceProcess.start(settings), ServiceProcess.start(settings)]);
  });

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await database.drop();
    await model.close();
  });

  async function makeTurns(): Promise<Turn[]> {
    const sessions = await Promise.all(
      Array.from({ length: KEYS / KEYS_PER_SESSION }, (_, index) =>
        replicas[0]!.api.signIn(`visitor-${index}@example.com`),
      ),
    );
    return Array.from({ length: KEYS }, (_, index) => ({
      token: sessions[index % sessions.length]!.token,
      key: `key-${index}`,
      message: `message ${index}`,
    }));
  }

  const sendTwins = (turn: Turn): Promise<ApiResponse<SentMessage>[]> =>
    Promise.all(
      Array.from({ length: TWINS }, (_, twin) => sendUntilTaken(replicas[twin % replicas.length]!, turn)),
    );

  /** As clients do: a replica that is busy, on a slow machine, says when to come back. */
  async function sendUntilTaken(replica: ServiceProcess, turn: Turn): Promise<ApiResponse<SentMessage>> {
    for (;;) {
      const answer = await replica.api.send(turn.token, turn.message, turn.key);
      if (answer.status !== 503) {
        return answer;
      }
      await delay(Number(answer.headers.get('retry-after')) * 1_000);
    }
  }

  /** What a correct service makes of a turn, with what this one made of it in the same shape. */
  function findFaults({ key, message }: Turn, answers: ApiResponse<SentMessage>[]): string[] {
    const told = answers.filter(({ status }) => status === 200);
    const first = told.filter(({ headers }) => !headers.has('idempotent-replayed'));
    const bodies = new Set(told.map(({ body }) => JSON.stringify(body)));
    const others = answers.filter(({ status }) => status !== 200 && status !== 409);
    return [
      ...(bodies.size === 1 ? [] : [`${key}: ${bodies.size} different replies`]),
      ...(told[0]?.body.response === `echo: ${message}` ? [] : [`${key}: not its own reply`]),
      ...(first.length === 1 ? [] : [`${key}: ${first.length} answers say that they ran the turn`]),
      ...(model.callsFor(message) === 1 ? [] : [`${key}: ${model.callsFor(message)} model calls`]),
      ...others.map(({ status }) => `${key}: answered ${status}`),
    ];
  }

  it('should run each of 200 keys once when each is sent 20 times at once', async () => {
    const turns = await makeTurns();
    const faults: string[] = [];
    for (let start = 0; start < KEYS; start += KEYS_AT_ONCE) {
      const group = turns.slice(start, start + KEYS_AT_ONCE);
      const answers = await Promise.all(group.map(sendTwins));
      faults.push(...group.flatMap((turn, index) => findFaults(turn, answers[index]!)));
    }
    expect(faults).toEqual([]);

    const rows = await database.query<{ key: string; questions: number; replies: number }>(
      `SELECT u.idempotency_key AS key, count(DISTINCT u.id)::int AS questions, count(r.id)::int AS replies
         FROM chat_messages u LEFT JOIN chat_messages r ON r.reply_to_id = u.id
        WHERE u.message_type = 'user' GROUP BY u.idempotency_key`,
    );
    expect(rows).toHaveLength(KEYS);
    expect(rows.filter(({ questions, replies }) => questions !== 1 || replies !== 1)).toEqual([]);
    expect(model.requests).toHaveLength(KEYS);
  }, 90_000);

  it('should let one replica replay what the other has answered', async () => {
    const { token } = await replicas[0]!.api.signIn();
    const first = await replicas[0]!.api.send(token, 'across', 'key');
    const again = await replicas[1]!.api.send(token, 'across', 'key');
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(model.callsFor('across')).toBe(1);
  });

  it('should end a session on both replicas at once', async () => {
    const { token } = await replicas[0]!.api.signIn();
    await replicas[0]!.api.call('DELETE', '/auth/session', { token });
    const answer = await replicas[1]!.api.send(token, 'too late');
    expect([answer.status, answer.body]).toMatchObject([401, { code: 'session_ended' }]);
    expect(model.callsFor('too late')).toBe(0);
  });
});
