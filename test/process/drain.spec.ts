import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Client } from 'pg';
import { EventReader } from '../support/event-reader.js';
import { Gate } from '../support/gate.js';
import { echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

/** One request on a connection that the client means to keep. */
function get(url: string, agent: Agent, headers = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response));
    })
      .once('error', reject)
      .end();
  });
}

describe('The stop of the service', () => {
  let model: ModelServer;
  let database: TestDatabase;
  let gate: Gate;
  let agent: Agent;

  beforeAll(async () => {
    model = await ModelServer.start();
    database = await createTestDatabase();
  });

  beforeEach(() => {
    gate = new Gate();
    agent = new Agent({ keepAlive: true });
    model.respondWith(echo({ heldUntil: gate.opened }));
  });

  afterEach(() => {
    gate.open();
    agent.destroy();
  });

  afterAll(async () => {
    await database.drop();
    await model.close();
  });

  const start = (settings: Record<string, string> = {}): Promise<ServiceProcess> =>
    ServiceProcess.start({
      DATABASE_URL: database.url,
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      LOG_LEVEL: 'info',
      ...settings,
    });

  const open = async (service: ServiceProcess, text: string): Promise<Socket> => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write(text);
    return socket;
  };

  it('should say no to readiness at once and serve on for the delay, each answer the last on its connection', async () => {
    const service = await start({ SHUTDOWN_DELAY_SECONDS: '4' });
    const { token } = await service.api.signIn();
    gate.open();
    const kept = await get(`${service.url}/livez`, agent);
    expect(kept.headers.connection).toBe('keep-alive');
    let exited = false as boolean;
    const exit = service.stop().finally(() => (exited = true));
    await service.saying(/serving on for the delay/);

    const ready = await service.api.call('GET', '/readyz');
    expect([ready.status, ready.body]).toEqual([503, { status: 'unavailable', failed: ['shutdown'] }]);
    expect((await service.api.call('GET', '/livez')).status).toBe(200);
    expect((await service.api.call('GET', '/startupz')).status).toBe(200);
    expect((await get(`${service.url}/livez`, agent)).headers.connection).toBe('close');
    const sent = await service.api.send(token, 'in the delay');
    expect(sent).toMatchObject({ status: 200, body: { response: 'echo: in the delay' } });
    expect(sent.headers.get('connection')).toBe('close');
    expect((await service.api.call('GET', '/nowhere')).headers.get('connection')).toBe('close');
    const stream = await EventReader.open(service.url, token);
    expect((await stream.toEnd()).at(-1)?.data.type).toBe('done');
    expect(exited).toBe(false);
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('should then refuse new work, send streams away, and finish what is in flight, also what nobody reads', async () => {
    const service = await start();
    const { token } = await service.api.signIn();
    const answer = service.api.send(token, 'answered in the end');
    const stream = await EventReader.open(service.url, token, { message: 'read by nobody' });
    await stream.next();
    const exit = service.stop();
    await service.saying(/taking no new work/);

    const [last] = (await stream.toEnd()).slice(-1);
    expect(last?.data).toMatchObject({ type: 'error', code: 'service_unavailable' });
    // On a new connection: those that were idle are being closed.
    const refused = await get(`${service.url}/chat/history`, agent, { authorization: `Bearer ${token}` });
    expect(refused.statusCode).toBe(503);
    expect(refused.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
    expect((await get(`${service.url}/livez`, agent)).statusCode).toBe(200);
    expect((await get(`${service.url}/readyz`, agent)).statusCode).toBe(503);
    gate.open();

    expect(await answer).toMatchObject({ status: 200, body: { response: 'echo: answered in the end' } });
    expect(await exit).toEqual({ code: 0, signal: null });
    const stored = await database.query(
      `SELECT u.content, r.content AS reply FROM chat_messages u LEFT JOIN chat_messages r ON r.reply_to_id = u.id
        WHERE u.content = 'read by nobody'`,
    );
    expect(stored).toEqual([{ content: 'read by nobody', reply: 'echo: read by nobody' }]);
    expect(service.stdout).not.toContain('the grace period is over');
  });

  it('should tell a stream that has only just begun which turn it is', async () => {
    gate.open();
    const service = await start();
    const { token, sessionId } = await service.api.signIn();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [sessionId]);
    const opened = EventReader.open(service.url, token);
    await until(async () => {
      const [waiting] = await database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting;
    });
    const exit = service.stop();
    await service.saying(/taking no new work/);
    await client.end();

    const events = await (await opened).toEnd();
    expect(events.map(({ data, sequence }) => [data.type, sequence])).toEqual([
      ['accepted', 0],
      ['error', 0],
    ]);
    expect(await exit).toEqual({ code: 0, signal: null });
    const [stored] = await database.query<{ outcome: string }>(
      `SELECT outcome FROM chat_messages WHERE id = '${events[0]?.data.message_id}'`,
    );
    expect(stored?.outcome).toBe('answered');
  });

  it('should not wait for clients that go on sending, never send, or do not come to an end', async () => {
    const service = await start({ SHUTDOWN_GRACE_SECONDS: '30' });
    const { token } = await service.api.signIn();
    const arrived = model.nextRequest();
    const answer = service.api.send(token, 'held');
    await arrived;
    await open(service, '');
    await open(service, 'GET /auth/session HTTP/1.1\r\nHost: x\r\nX-Sl');
    await open(
      service,
      `POST /chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    let isOver = false as boolean;
    const chatter = (async () => {
      const statuses = new Set<number | undefined>();
      while (!isOver) {
        // Between two connections, or after the last one, there may be nobody to answer.
        const response = await get(`${service.url}/auth/session`, agent).catch(() => undefined);
        statuses.add(response?.statusCode);
      }
      return statuses;
    })();
    const exit = service.stop();
    await service.saying(/taking no new work/);
    gate.open();
    expect((await answer).status).toBe(200);
    expect(await exit).toEqual({ code: 0, signal: null });
    isOver = true;
    expect(await chatter).toContain(503);
    expect(service.stdout).not.toContain('the grace period is over');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('should exit at once on %s while it stops', async (signal) => {
    const service = await start();
    const { token } = await service.api.signIn();
    const arrived = model.nextRequest();
    const answer = service.api.send(token, 'cut off').catch(() => undefined);
    await arrived;
    void service.stop();
    await service.saying(/taking no new work/);
    process.kill(service.pid as number, signal);
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(await answer).toBeUndefined();
  });

  it('should give up when the grace period is over', async () => {
    const service = await start({ SHUTDOWN_GRACE_SECONDS: '1' });
    const { token } = await service.api.signIn();
    const arrived = model.nextRequest();
    const answer = service.api.send(token, 'never answered').catch(() => undefined);
    await arrived;
    expect(await service.stop()).toEqual({ code: 1, signal: null });
    expect(service.stdout).toContain('the grace period is over');
    expect(await answer).toBeUndefined();
  });
});
