import { createHmac } from 'node:crypto';
import { Client } from 'pg';
import { Agent, request } from 'undici';
import { conversationId, fillConversations, type Conversations } from '../support/conversations.js';
import { planOf, STATEMENTS, wholeReads, type PlanMode } from '../support/statement-plans.js';
import { TEST_ENVIRONMENT } from '../support/test-configuration.js';
import { Deployment } from './support/deployment.js';
import { byForm } from './support/fault-options.js';
import { PostgresInstance } from './support/postgres-instance.js';
import { percentile } from './support/probe-watch.js';
import { ScenarioReport } from './support/scenario-report.js';

const TURNS = byForm({ short: 60_000, long: 1_000_000 });
const TURNS_PER_SESSION = byForm({ short: 5, long: 10 });
/** The newest ones: all are live, and their rows lie among those of others. */
const VISITORS = byForm({ short: 100, long: 500 });
const READS = byForm({ short: 1_500, long: 10_000 });
const WARM_UP_READS = 200;
const PLAN_MODES: readonly PlanMode[] = ['force_custom_plan', 'force_generic_plan'];

describe('9. A million turns', () => {
  let full: Deployment;
  let empty: Deployment;
  let sessions: { readonly full: number; readonly empty: number };

  beforeAll(async () => {
    const filled = await PostgresInstance.start();
    const unfilled = await PostgresInstance.start();
    sessions = {
      full: await fill(filled, { turns: TURNS, turnsPerSession: TURNS_PER_SESSION }),
      empty: await fill(unfilled, {
        turns: VISITORS * TURNS_PER_SESSION,
        turnsPerSession: TURNS_PER_SESSION,
        days: 0.5,
      }),
    };
    full = await Deployment.start({ replicas: 1, postgres: filled });
    empty = await Deployment.start({ replicas: 1, postgres: unfilled });
  }, 1_200_000);

  afterAll(async () => {
    await full.stop();
    await empty.stop();
  });

  it('should be read as fast as few, by the indexes', async () => {
    const readers = {
      full: new Reader(full.replicas[0]!.url, sessions.full),
      empty: new Reader(empty.replicas[0]!.url, sessions.empty),
    };
    for (let read = 0; read < WARM_UP_READS; read += 1) {
      await readers.full.read(read);
      await readers.empty.read(read);
    }
    const times = { full: [] as number[], empty: [] as number[] };
    // Read by read in turn: what else the machine does meets both.
    for (let read = 0; read < READS; read += 1) {
      times.full.push(await readers.full.read(read));
      times.empty.push(await readers.empty.read(read));
    }
    await readers.full.close();
    await readers.empty.close();

    const p95 = { full: percentile(times.full, 0.95), empty: percentile(times.empty, 0.95) };
    const scanning = await scanningStatements(full.postgres);
    new ScenarioReport('9. A million turns in the table')
      .did(
        `${TURNS} turns in ${sessions.full} sessions, against ${VISITORS * TURNS_PER_SESSION} in ${sessions.empty}; ` +
          `${READS} pages of history read from each, in turn`,
      )
      .note(`history p50 ${ms(percentile(times.full, 0.5))} against ${ms(percentile(times.empty, 0.5))}`)
      .note(`history p95 ${ms(p95.full)} against ${ms(p95.empty)}`)
      .note(`${STATEMENTS.length} statements explained, with their values and without`)
      .note(scanning.length === 0 ? 'none reads a large table from end to end' : scanning.join('; '))
      .atMost('history p95 against that of an empty table', p95.full / p95.empty, 1.5, 'x')
      .atMost('statements that read a large table from end to end', scanning.length, 0, '')
      .conclude();
  }, 600_000);
});

async function fill(postgres: PostgresInstance, conversations: Conversations): Promise<number> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const sessions = await fillConversations((text, values) => client.query(text, values), conversations);
    await client.query('VACUUM ANALYZE');
    return sessions;
  } finally {
    await client.end();
  }
}

async function scanningStatements(postgres: PostgresInstance): Promise<string[]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const scanning: string[] = [];
  try {
    for (const mode of PLAN_MODES) {
      for (const [name, statement, values] of STATEMENTS) {
        const nodes = await planOf(client, mode, statement, values);
        scanning.push(
          ...wholeReads(nodes, ['chat_messages', 'sessions']).map((table) => `${name}: ${table}`),
        );
      }
    }
  } finally {
    await client.end();
  }
  return scanning;
}

/** Reads the newest pages of the newest conversations, on one connection that it keeps. */
class Reader {
  private readonly agent = new Agent({ connections: 1, pipelining: 1 });
  private readonly tokens: readonly string[];

  constructor(
    private readonly url: string,
    sessions: number,
  ) {
    this.tokens = Array.from({ length: VISITORS }, (_, index) => tokenOf(conversationId(sessions - index)));
  }

  /** @returns how many milliseconds it took. */
  async read(index: number): Promise<number> {
    // Neighbours in the table are not read one after the other.
    const token = this.tokens[(index * 37) % this.tokens.length] ?? '';
    const startedAt = performance.now();
    const { statusCode, body } = await request(`${this.url}/chat/history?limit=20`, {
      dispatcher: this.agent,
      headers: { authorization: `Bearer ${token}`, 'user-agent': 'parley-faults/1.0' },
    });
    const { messages } = (await body.json()) as { messages?: unknown[] };
    const durationMs = performance.now() - startedAt;
    if (statusCode !== 200 || messages?.length !== TURNS_PER_SESSION) {
      throw new Error(`history answered ${statusCode} with ${messages?.length} turns`);
    }
    return durationMs;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

/** As the service signs it: these sessions were not opened by signing in. */
function tokenOf(sessionId: string): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { jti: sessionId, iat: now, exp: now + 3_600, iss: 'parley', aud: 'parley-chat' };
  const text = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const key = TEST_ENVIRONMENT['JWT_SECRET_KEY'] ?? '';
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
