import { createServer, type Server } from 'node:net';
import { Gate } from '../support/gate.js';
import { echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { freePort, ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

describe('The start and the end of the service', () => {
  let model: ModelServer;
  let database: TestDatabase;

  beforeAll(async () => {
    model = await ModelServer.start();
    database = await createTestDatabase();
  });

  afterAll(async () => {
    await database.drop();
    await model.close();
  });

  it('should end with code 78 and one list of everything that is wrong with its settings', async () => {
    const service = ServiceProcess.spawn({
      PORT: 'http',
      AI_TEMPERATURE: 'warm',
      AI_TIMEOUT_SECONDS: '60',
      TURN_LEASE_SECONDS: '30',
      AI_MODELS: 'compatible:test',
    });
    expect(await service.exited).toEqual({ code: 78, signal: null });
    expect(service.stdout).toBe('');
    const [heading, ...faults] = service.stderr.trimEnd().split('\n');
    expect(heading).toBe('4 settings are wrong:');
    expect(faults.map((line) => /^ {2}([A-Z_]+) (must|is not set)/.exec(line)?.[1]).toSorted()).toEqual([
      'AI_TEMPERATURE',
      'COMPATIBLE_BASE_URL',
      'PORT',
      'TURN_LEASE_SECONDS',
    ]);
  });

  describe('on a port that is taken', () => {
    let holder: Server;
    let port: string;

    beforeAll(async () => {
      holder = createServer();
      port = String(await freePort());
      await new Promise<void>((resolve) => holder.listen(Number(port), '127.0.0.1', resolve));
    });

    afterAll(() => new Promise((resolve) => holder.close(resolve)));

    it('should say in one line which port it is, and end with code 1', async () => {
      const service = ServiceProcess.spawn({ DATABASE_URL: database.url, PORT: port });
      await service.saying(/EADDRINUSE/);
      const failedAt = performance.now();
      expect(await service.exited).toEqual({ code: 1, signal: null });
      // A connection left in the pool would keep the process for ten seconds more.
      expect(performance.now() - failedAt).toBeLessThan(5_000);
      expect(service.stderr).toBe(
        `Parley could not start: port ${port} on 127.0.0.1 is taken by another program; ` +
          'stop it, or set PORT to a free one\n',
      );
      expect(service.stdout).not.toContain('Parley is ready');
    });
  });

  it('should answer the request in flight when it is stopped, and end with code 0', async () => {
    const gate = new Gate();
    model.respondWith(echo({ heldUntil: gate.opened }));
    const service = await ServiceProcess.start({
      DATABASE_URL: database.url,
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      LOG_LEVEL: 'info',
    });
    const { token } = await service.api.signIn();
    const arrived = model.nextRequest();
    const answer = service.api.send(token, 'just in time');
    await arrived;
    const exit = service.stop();
    await service.saying(/stopping: SIGTERM/);
    gate.open();

    expect(await answer).toMatchObject({ status: 200, body: { response: 'echo: just in time' } });
    expect(await exit).toEqual({ code: 0, signal: null });
    const stored = await database.query(
      `SELECT u.outcome, r.content FROM chat_messages u JOIN chat_messages r ON r.reply_to_id = u.id
        WHERE u.content = 'just in time'`,
    );
    expect(stored).toEqual([{ outcome: 'answered', content: 'echo: just in time' }]);
  });

  it('should end with code 0 at once when nothing is in flight', async () => {
    const service = await ServiceProcess.start({ DATABASE_URL: database.url });
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(service.stderr).toBe('');
  });
});
