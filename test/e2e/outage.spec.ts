import { Client } from 'pg';
import { toPgOptions } from '../../src/database/database-connection.js';
import { Gate } from '../support/gate.js';
import { echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

describe('A database that does not answer for a while', () => {
  let model: ModelServer;
  let service: TestService;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: {
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        DATABASE_LOCK_TIMEOUT_SECONDS: '1',
      },
    });
  });

  beforeEach(() => model.respondWith(echo()));

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  /** Holds the session's row, as a stuck transaction of somebody else would. */
  const lockSession = async (sessionId: string): Promise<{ release: () => Promise<void> }> => {
    const client = new Client(toPgOptions(service.database.connection));
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [sessionId]);
    return { release: () => client.end() };
  };

  it('should answer 503 with Retry-After within the time-out, and store nothing', async () => {
    const { token, sessionId } = await service.api.signIn();
    const lock = await lockSession(sessionId);
    const { status, body, headers } = await service.api.send(token, 'not now', 'key');
    await lock.release();
    expect([status, body]).toMatchObject([503, { code: 'service_unavailable' }]);
    expect(headers.get('retry-after')).toBe('2');
    expect(model.callsFor('not now')).toBe(0);
    expect((await service.api.send(token, 'not now', 'key')).body.response).toBe('echo: not now');
  });

  it('should not lose a reply that a model has already written, and not keep its sender waiting', async () => {
    const { token, sessionId } = await service.api.signIn();
    const gate = new Gate();
    model.respondWith(echo({ heldUntil: gate.opened }));
    const arrived = model.nextRequest();
    const sent = service.api.send(token, 'precious', 'key');
    await arrived;
    const lock = await lockSession(sessionId);
    gate.open();
    // The first try to store it is refused after a second; the lock outlives it.
    const refused = await sent;
    expect([refused.status, refused.body]).toMatchObject([503, { code: 'service_unavailable' }]);
    await lock.release();
    const told = await until(async () => {
      const answer = await service.api.send(token, 'precious', 'key');
      return answer.status === 409 ? undefined : answer;
    });
    expect(told.body).toMatchObject({ response: 'echo: precious', outcome: 'answered' });
    expect(told.headers.get('idempotent-replayed')).toBe('true');
    expect(model.callsFor('precious')).toBe(1);
    expect(await service.api.wholeHistory(token)).toHaveLength(1);
  });
});
