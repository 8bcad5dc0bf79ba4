import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Client } from 'pg';
import { StuckLoop } from '../../src/common/load/stuck-loop.js';
import { toPgOptions } from '../../src/database/database-connection.js';
import { EventReader } from '../support/event-reader.js';
import { Gate } from '../support/gate.js';
import { echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

const IN_FLIGHT = 2;
const TURNS = 4;
const STREAMS = 3;

describe('More than can be served', () => {
  let model: ModelServer;
  let service: TestService;
  let gate: Gate;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: {
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        MAX_IN_FLIGHT_REQUESTS: String(IN_FLIGHT),
        MAX_RUNNING_TURNS: String(TURNS),
        MAX_OPEN_STREAMS: String(STREAMS),
      },
    });
  });

  beforeEach(() => {
    gate = new Gate();
    model.respondWith(echo({ heldUntil: gate.opened }));
  });

  afterEach(() => gate.open());

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  const BUSY = { status: 503, body: { code: 'service_unavailable' } };

  const expectPolite = ({ headers }: { headers: Headers }): void => {
    expect(headers.get('retry-after')).toMatch(/^[123]$/);
  };

  /** Sends so many messages that the gate holds, and waits until the model has them all. */
  const hold = async (token: string, count: number) => {
    const sent = [];
    for (let index = 0; index < count; index += 1) {
      const arrived = model.nextRequest();
      sent.push(service.api.send(token, `held ${index}`));
      await arrived;
    }
    return sent;
  };

  it('should refuse at once what is beyond the work in hand, but never a probe', async () => {
    const { token, sessionId } = await service.api.signIn();
    const client = new Client(toPgOptions(service.database.connection));
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [sessionId]);
    gate.open();
    const slow = Array.from({ length: IN_FLIGHT }, (_, index) => service.api.send(token, `slow ${index}`));
    await until(async () => {
      const waiting = await service.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length === IN_FLIGHT || undefined;
    });

    const refused = await service.api.call('GET', '/auth/session', { token });
    expect(refused).toMatchObject(BUSY);
    expectPolite(refused);
    for (const probe of ['/livez', '/readyz', '/startupz', '/health']) {
      expect((await service.api.call('GET', probe)).status).toBe(200);
    }
    await client.end();
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await service.api.call('GET', '/auth/session', { token })).status).toBe(200);
  });

  it('should not count those that wait for a model, and bound them by themselves', async () => {
    const { token } = await service.api.signIn();
    const held = await hold(token, TURNS);
    expect((await service.api.history(token)).body.total).toBe(TURNS);
    const refused = await service.api.send(token, 'one too many');
    expect(refused).toMatchObject(BUSY);
    expectPolite(refused);
    gate.open();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual(held.map(() => 200));
    expect((await service.api.history(token)).body.total).toBe(TURNS);
  });

  it('should not count those whose body is still on its way', async () => {
    const { token } = await service.api.signIn();
    const { hostname, port } = new URL(service.url);
    const sockets: Socket[] = [];
    for (let index = 0; index <= IN_FLIGHT; index += 1) {
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
          'Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n',
      );
      // The server asks for the body once it has begun with the request.
      await once(socket, 'data');
      sockets.push(socket);
    }
    expect((await service.api.history(token)).status).toBe(200);
    sockets.forEach((socket) => socket.destroy());
  });

  it('should bound the streams that are open', async () => {
    const { token } = await service.api.signIn();
    const streams: EventReader[] = [];
    for (let index = 0; index < STREAMS; index += 1) {
      const stream = await EventReader.open(service.url, token);
      await stream.next();
      streams.push(stream);
    }
    expect((await service.api.history(token)).status).toBe(200);
    await expect(EventReader.open(service.url, token)).rejects.toThrow(/503.*service_unavailable/);
    const [first] = streams;
    await expect(EventReader.open(service.url, token, { lastEventId: first!.last.id })).rejects.toThrow(
      /503/,
    );
    first!.cut();
    gate.open();
    await Promise.all(streams.slice(1).map((stream) => stream.toEnd()));
    const again = await EventReader.open(service.url, token, { lastEventId: first!.last.id });
    expect((await again.toEnd()).at(-1)?.data.type).toBe('done');
    expect((await service.api.history(token)).body.total).toBe(STREAMS);
  });

  it('should say that it is not alive while its event loop is as good as stuck', async () => {
    const loop = service.app.get(StuckLoop);
    loop.observe(2_000, 0);
    loop.observe(2_000, 30_000);
    const { status, body } = await service.api.call('GET', '/livez');
    expect([status, body]).toEqual([503, { status: 'unavailable', failed: ['event_loop'] }]);
    loop.observe(0, 40_000);
    loop.observe(0, 50_000);
    expect((await service.api.call('GET', '/health/live')).status).toBe(200);
  });
});

describe('More connections than are allowed', () => {
  const CONNECTIONS = 3;
  let service: TestService;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    service = await startTestService({ settings: { MAX_CONNECTIONS: String(CONNECTIONS) } });
    while (sockets.length < CONNECTIONS) {
      sockets.push(await open());
    }
  });

  afterAll(async () => {
    sockets.forEach((socket) => socket.destroy());
    await service.stop();
  });

  const open = async (): Promise<Socket> => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return socket;
  };

  const ask = async (path: string): Promise<string> => {
    const socket = await open();
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'close');
    return answer;
  };

  it('should answer a probe, refuse everything else, and end the connection with it', async () => {
    expect(await ask('/livez')).toMatch(/^HTTP\/1.1 200 [^]*connection: close/i);
    expect(await ask('/auth/session')).toMatch(
      /^HTTP\/1.1 503 [^]*connection: close[^]*service_unavailable/i,
    );
  });

  it('should cut one that stays silent', async () => {
    const socket = await open();
    await once(socket.resume(), 'close');
  });

  it('should take new ones once others have gone', async () => {
    sockets.forEach((socket) => socket.destroy());
    await until(async () => {
      const socket = await open();
      socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return /connection: keep-alive/i.test(answer.toString()) || undefined;
    });
  });
});
