import { setTimeout as delay } from 'node:timers/promises';
import type { ApiResponse, SentMessage } from '../support/api-client.js';
import { echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const KILLS = 30;
const LONGEST_LIFE_MS = 700;
/** Long beside the rest of a turn, so that a kill meets most turns while the model works. */
const LONGEST_MODEL_DELAY_MS = 500;
const WRITERS = 16;
/** Several writers share a session, so that its lock and its counters are fought over as well. */
const SESSIONS = 4;
const RETRY_PAUSE_MS = 100;

interface Acknowledged {
  readonly key: string;
  readonly message: string;
  readonly id: string;
  readonly reply: string;
}

/** Random numbers in [0, 1) that a seed brings back (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether a call ended without an answer: what became of it is unknown. */
function isConnectionLost(error: unknown): boolean {
  // Not `instanceof`: the errors of fetch are of another realm than the test's.
  return /^TypeError: (fetch failed|terminated)$/.test(String(error));
}

describe('Replicas that are killed', () => {
  const seed = Date.now() % 2 ** 31;
  const random = seededRandom(seed);
  const acknowledged: Acknowledged[] = [];
  const tokens: string[] = [];
  let isOver = false;
  let lostConnections = 0;
  let model: ModelServer;
  let database: TestDatabase;
  let settings: Record<string, string>;
  let replicas: (ServiceProcess | undefined)[];

  beforeAll(async () => {
    model = await ModelServer.start({
      reply: () => echo({ delayMs: Math.round(random() * LONGEST_MODEL_DELAY_MS) }),
    });
    database = await createTestDatabase();
    settings = {
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '5',
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      AI_TIMEOUT_SECONDS: '1',
      TURN_LEASE_SECONDS: '2',
      MAX_MESSAGES_PER_SESSION: '1000000',
    };
    replicas = await Promise.all([ServiceProcess.start(settings), ServiceProcess.start(settings)]);
    for (let index = 0; index < SESSIONS; index += 1) {
      tokens.push((await live().api.signIn(`visitor-${index}@example.com`)).token);
    }
  });

  afterAll(async () => {
    // Taken out, so that a writer which a failure has left behind finds none and ends.
    await Promise.all(replicas.splice(0).flatMap((replica) => replica?.stop() ?? []));
    await database.drop();
    await model.close();
  });

  function live(): ServiceProcess {
    const ready = replicas.filter((replica) => replica !== undefined);
    const chosen = ready[Math.floor(random() * ready.length)];
    if (chosen === undefined) {
      throw new Error('no replica is alive');
    }
    return chosen;
  }

  async function killRepeatedly(): Promise<void> {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await delay(random() * LONGEST_LIFE_MS);
      const victim = replicas[kill % 2];
      const died = victim?.kill();
      replicas[kill % 2] = undefined;
      expect(await died).toEqual({ code: null, signal: 'SIGKILL' });
      replicas[kill % 2] = await ServiceProcess.start(settings);
    }
  }

  async function write(writer: number): Promise<void> {
    for (let number = 0; !isOver; number += 1) {
      const key = `${writer}-${number}`;
      const message = `message ${key}`;
      const { message_id: id, response } = await sendUntilAnswered(tokens[writer % SESSIONS]!, message, key);
      acknowledged.push({ key, message, id, reply: response });
    }
  }

  async function sendUntilAnswered(token: string, message: string, key: string): Promise<SentMessage> {
    for (;;) {
      const answer = await sendOnce(token, message, key);
      if (answer?.status === 200) {
        return answer.body;
      }
      if (answer !== undefined && answer.status !== 409) {
        throw new Error(`${key} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      await delay(RETRY_PAUSE_MS);
    }
  }

  async function sendOnce(
    token: string,
    message: string,
    key: string,
  ): Promise<ApiResponse<SentMessage> | undefined> {
    try {
      return await live().api.send(token, message, key);
    } catch (error) {
      if (!isConnectionLost(error)) {
        throw error;
      }
      lostConnections += 1;
      return undefined;
    }
  }

  /** What the visitors can read back, from all sessions. */
  async function readBack(): Promise<Acknowledged[]> {
    const { api } = live();
    const histories = await Promise.all(tokens.map((token) => api.wholeHistory(token)));
    return histories.flat().map(({ id, message, response }) => ({
      key: message.slice('message '.length),
      message,
      id,
      reply: response,
    }));
  }

  const byKey = (turns: Acknowledged[]): Acknowledged[] =>
    turns.toSorted((one, other) => one.key.localeCompare(other.key));

  it(`should keep every acknowledged turn, once, over ${KILLS} kills under ${WRITERS} writers`, async () => {
    try {
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
      const killing = killRepeatedly().finally(() => {
        isOver = true;
      });
      await Promise.all([killing, ...writers]);

      expect(byKey(await readBack())).toEqual(byKey(acknowledged));
      expect(new Set(acknowledged.map(({ key }) => key)).size).toBe(acknowledged.length);
    } catch (error) {
      throw new Error(`with the seed ${seed}`, { cause: error });
    } finally {
      isOver = true;
    }
    console.info(
      `${acknowledged.length} turns acknowledged, ${lostConnections} connections lost, seed ${seed}`,
    );
    // Else the kills would have met an idle service and proved nothing.
    expect(lostConnections).toBeGreaterThan(KILLS);
  }, 300_000);

  it('should leave no turn open, none twice and no reply without its question', async () => {
    const findings = await database.query<{ fault: string; key: string | null; id: string }>(`
      SELECT 'still open' AS fault, idempotency_key AS key, id FROM chat_messages
       WHERE message_type = 'user' AND outcome NOT IN ('answered', 'fallback')
      UNION ALL
      SELECT 'not answered once', u.idempotency_key, u.id
        FROM chat_messages u LEFT JOIN chat_messages r ON r.reply_to_id = u.id
       WHERE u.message_type = 'user' GROUP BY u.id HAVING count(r.id) <> 1
      UNION ALL
      SELECT 'key used twice', min(idempotency_key), min(id) FROM chat_messages
       WHERE message_type = 'user' GROUP BY session_id, idempotency_key HAVING count(*) > 1
      UNION ALL
      SELECT 'reply without its question', NULL, r.id
        FROM chat_messages r LEFT JOIN chat_messages u
          ON u.id = r.reply_to_id AND u.session_id = r.session_id AND u.message_type = 'user'
             AND u.sequence < r.sequence
       WHERE r.message_type = 'assistant' AND u.id IS NULL`);
    expect(findings).toEqual([]);
  });

  it('should keep the counters of each session in step with its messages', async () => {
    const sessions = await database.query(`
      SELECT s.message_count - count(*) FILTER (WHERE m.message_type = 'user')::int AS miscounted,
             s.last_sequence - count(*)::int AS gaps, s.last_sequence - max(m.sequence) AS missing
        FROM sessions s JOIN chat_messages m ON m.session_id = s.id GROUP BY s.id`);
    expect(sessions).toEqual(Array(SESSIONS).fill({ miscounted: 0, gaps: 0, missing: 0 }));
  });

  it('should have called the model no more often than a turn was taken up', async () => {
    const turns = await database.query<{ content: string; attempt: number }>(
      `SELECT content, attempt FROM chat_messages WHERE message_type = 'user'`,
    );
    expect(turns.filter(({ content, attempt }) => model.callsFor(content) > attempt)).toEqual([]);
    expect(turns.some(({ attempt }) => attempt > 1)).toBe(true);
  });
});
