import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { until } from '../support/until.js';
import type { CallRecord } from './support/call-record.js';
import { ChatClient } from './support/chat-client.js';
import { Deployment } from './support/deployment.js';
import { FaultProxy } from './support/fault-proxy.js';
import { finalRead } from './support/final-read.js';
import { openLoad } from './support/load.js';
import { PostgresInstance } from './support/postgres-instance.js';
import { ScenarioReport } from './support/scenario-report.js';

const PER_SECOND = 20;
const SECONDS = 3;
const SESSIONS = 10;
const MAX_CONNECTIONS = 40;
const PROBE_PATIENCE_MS = 5_000;
/** A disk that is full, as the server itself says it. A real one cannot be filled without rights on the machine. */
const FILL_DISK = `
  CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
  CREATE TRIGGER disk_is_full BEFORE INSERT ON chat_messages EXECUTE FUNCTION disk_is_full()`;

describe('PostgreSQL answers, but refuses', () => {
  let postgres: PostgresInstance;
  let proxy: FaultProxy;
  let deployment: Deployment;
  let client: ChatClient;
  let tokens: string[];

  beforeAll(async () => {
    postgres = await PostgresInstance.start(`max_connections=${MAX_CONNECTIONS}`);
    proxy = await FaultProxy.start(postgres.port);
    deployment = await Deployment.start({
      replicas: 1,
      postgres,
      settings: { DATABASE_URL: postgres.urlAt(proxy.port) },
    });
    client = new ChatClient(deployment.balancer.url, 128);
    tokens = await client.signIn(SESSIONS);
  });

  beforeEach(() => {
    client.calls.length = 0;
  });

  afterAll(async () => {
    await client.close();
    await deployment.stop();
    await proxy.close();
  });

  let sent = 0;
  const load = (): Promise<void> =>
    openLoad(PER_SECOND, SECONDS, () => {
      sent += 1;
      return client.send({
        token: tokens[sent % SESSIONS] ?? '',
        message: `message ${sent}`,
        key: `key-${sent}`,
      });
    });

  /** Sends until a message is answered, and returns how long that took, in seconds. */
  async function recovery(): Promise<number> {
    const startedAt = performance.now();
    await until(async () => {
      sent += 1;
      const { record } = await client.send({
        token: tokens[0] ?? '',
        message: `message ${sent}`,
        key: `key-${sent}`,
      });
      return record.result === 'ok' ? record : undefined;
    });
    return (performance.now() - startedAt) / 1_000;
  }

  const dishonest = (calls: readonly CallRecord[]): number =>
    calls.filter(
      ({ result, problem, retryAfter }) =>
        result !== 'ok' && (problem !== 'service_unavailable' || retryAfter === undefined),
    ).length;

  async function conclude(report: ScenarioReport, backAfter: number): Promise<void> {
    const [replica] = deployment.replicas;
    report
      .calls(client.calls)
      .turns(await finalRead(deployment.balancer.url, tokens, client.acknowledged))
      .atMost(
        'calls answered otherwise than 200 or a 503 problem with Retry-After',
        dishonest(client.calls),
        0,
        '',
      )
      .atMost('the longest refusal', longestRefusal(client.calls), 6, ' s')
      .atMost('answered again after', backAfter, 5, ' s')
      .atMost('processes that ended by themselves', replica?.crashes, 0, '')
      .conclude();
    expect(client.calls.some(({ result }) => result === 'failed')).toBe(true);
  }

  it('should let go of an old primary: connections reset, then a server that only reads, then the new one', async () => {
    const report = new ScenarioReport('3a. Fail-over').did(
      `connections reset; the server only reads for ${SECONDS} s; then the address leads to one that writes`,
    );
    await postgres.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await postgres.query('SELECT pg_reload_conf()');
    proxy.resetAll();
    const [replica] = deployment.replicas;
    const whileReadOnly = load();
    await delay(1_000);
    const ready = await replica?.probe('/readyz', PROBE_PATIENCE_MS);
    const alive = await replica?.probe('/livez', PROBE_PATIENCE_MS);
    await whileReadOnly;
    // The old primary goes on to answer whoever is still connected to it: these sessions stay read-only.
    await postgres.query('ALTER SYSTEM RESET default_transaction_read_only');
    await postgres.query('SELECT pg_reload_conf()');
    await conclude(
      report.note(`readiness ${ready}, liveness ${alive} while it only reads`),
      await recovery(),
    );
    expect([ready, alive]).toEqual([503, 200]);
  });

  it('should refuse while all connections are taken by others', async () => {
    const report = new ScenarioReport('3b. Out of connections (53300)').did(
      `others take what max_connections=${MAX_CONNECTIONS} leaves, and the pool's are cut`,
    );
    const others: Client[] = [];
    const takeAll = async (): Promise<void> => {
      while (others.length < MAX_CONNECTIONS) {
        const other = new Client({ connectionString: postgres.url });
        other.on('error', () => undefined);
        try {
          await other.connect();
        } catch {
          return;
        }
        others.push(other);
      }
    };
    proxy.resetAll();
    await takeAll();
    await load();
    await Promise.all(others.map((other) => other.end()));
    await conclude(report, await recovery());
  });

  it('should refuse while the disk is full', async () => {
    const report = new ScenarioReport('3c. Disk full (53100, raised by a trigger)').did(
      'every new message meets "No space left on device"',
    );
    await postgres.query(FILL_DISK);
    await load();
    await postgres.query('DROP FUNCTION disk_is_full CASCADE');
    await conclude(report, await recovery());
  });
});

function longestRefusal(calls: readonly CallRecord[]): number {
  return (
    Math.max(0, ...calls.filter(({ result }) => result === 'failed').map(({ durationMs }) => durationMs)) /
    1_000
  );
}
