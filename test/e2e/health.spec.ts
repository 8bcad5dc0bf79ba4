import { startTestService, type TestService } from '../support/test-service.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const PROBES = ['/livez', '/readyz', '/startupz', '/health/live', '/health/ready', '/health/startup'];

describe('Health', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService();
  });

  afterAll(() => service.stop());

  it.each(PROBES)('should answer ok at %s, without a token', async (path) => {
    const { status, body } = await service.api.call('GET', path);
    expect([status, body]).toEqual([200, { status: 'ok' }]);
  });

  it('should tell the state of the database, of the models and the version', async () => {
    const { status, body } = await service.api.call('GET', '/health');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'healthy', database: 'connected', ai_service: 'degraded' });
    expect(body['version']).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('should stay alive but not ready while the schema is unknown, and become ready when it is mended', async () => {
    const database: TestDatabase = await createTestDatabase();
    await database.query(`INSERT INTO schema_migrations (timestamp, name) VALUES (1, 'FromTheFuture1')`);
    const starting = startTestService({ database, waitUntilStarted: false });
    const early = await starting;
    try {
      expect((await early.api.call('GET', '/livez')).status).toBe(200);
      const ready = await early.api.call('GET', '/readyz');
      expect(ready.status).toBe(503);
      expect(ready.body['status']).toBe('unavailable');
      expect(ready.body['failed']).toContain('schema');
      expect((await early.api.call('GET', '/startupz')).status).toBe(503);
      await database.query(`DELETE FROM schema_migrations WHERE name = 'FromTheFuture1'`);
      await early.started;
      expect((await early.api.call('GET', '/readyz')).status).toBe(200);
      expect(early.logs.some(({ msg }) => String(msg).includes('FromTheFuture1'))).toBe(true);
    } finally {
      await early.stop();
      await database.drop();
    }
  });
});
