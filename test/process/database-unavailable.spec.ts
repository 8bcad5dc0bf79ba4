import { freePort, ServiceProcess } from '../support/service-process.js';

describe('A service whose database does not answer', () => {
  let service: ServiceProcess;

  beforeAll(async () => {
    const databasePort = await freePort();
    service = ServiceProcess.spawn({
      PORT: String(await freePort()),
      DATABASE_URL: `postgresql://parley:kept-to-itself@127.0.0.1:${databasePort}/parley`,
    });
    await service.saying(/the database cannot be used yet/);
  });

  it('should be alive, but neither started nor ready', async () => {
    const live = await service.api.call('GET', '/livez');
    const ready = await service.api.call('GET', '/readyz');
    const started = await service.api.call('GET', '/startupz');
    expect([live.status, live.body]).toEqual([200, { status: 'ok' }]);
    expect([ready.status, ready.body]).toEqual([
      503,
      { status: 'unavailable', failed: ['database', 'schema'] },
    ]);
    expect([started.status, started.body]).toEqual([503, { status: 'unavailable', failed: ['schema'] }]);
  });

  it('should call itself unhealthy', async () => {
    const { status, body } = await service.api.call('GET', '/health');
    expect([status, body]).toMatchObject([503, { status: 'unhealthy', database: 'disconnected' }]);
  });

  it('should refuse a sign-in with a problem that says when to come again', async () => {
    const { status, headers, body } = await service.api.call('POST', '/auth/email', {
      body: { email: 'visitor@example.com' },
    });
    expect([status, body]).toMatchObject([503, { status: 503, code: 'service_unavailable' }]);
    expect(headers.get('content-type')).toMatch('application/problem+json');
    expect(headers.get('retry-after')).toBe('2');
  });

  it('should say why, without the password, and still stop with code 0', async () => {
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(service.output).toContain('ECONNREFUSED');
    expect(service.output).not.toContain('kept-to-itself');
  });
});
