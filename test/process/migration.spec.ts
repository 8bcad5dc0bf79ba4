import { setTimeout as delay } from 'node:timers/promises';
import { freePort, ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const POLL_MS = 100;
const DONE = { code: 0, signal: null };

describe('Migrating the database from the command line', () => {
  const databases: TestDatabase[] = [];

  afterAll(() => Promise.all(databases.map((database) => database.drop())));

  async function database(options?: { empty: boolean }): Promise<TestDatabase> {
    const created = await createTestDatabase(options);
    databases.push(created);
    return created;
  }

  const tablesOf = ({ query }: TestDatabase): Promise<object[]> =>
    query(
      `SELECT table_schema, table_name, string_agg(column_name, ' ' ORDER BY ordinal_position) AS columns
         FROM information_schema.columns WHERE table_schema IN ('public', 'pgboss')
        GROUP BY table_schema, table_name ORDER BY table_schema, table_name`,
    );

  it('should end with code 78 and the list of what is wrong with its settings', async () => {
    const run = ServiceProcess.migrate({ DATABASE_URL: 'mysql://nowhere', PORT: 'many' });
    expect(await run.exited).toEqual({ code: 78, signal: null });
    expect(run.stderr).toMatch(/DATABASE_URL/);
    expect(run.stderr).toMatch(/PORT/);
    expect(run.stderr).not.toMatch(/^ +at /m);
  });

  it('should make the whole schema, once, also when two do it at once', async () => {
    const empty = await database({ empty: true });
    const runs = [1, 2].map(() => ServiceProcess.migrate({ DATABASE_URL: empty.url }));
    const exits = await Promise.all(runs.map((run) => run.exited));
    expect(runs.map(({ stderr }, index) => [exits[index], stderr])).toEqual([
      [DONE, ''],
      [DONE, ''],
    ]);
    expect(runs.map(({ stdout }) => /^Applied|up to date/.exec(stdout)?.[0]).toSorted()).toEqual([
      'Applied',
      'up to date',
    ]);
    const tables = await tablesOf(empty);
    expect(tables).toEqual(await tablesOf(await database()));
    expect(tables).toContainEqual(expect.objectContaining({ table_name: 'chat_messages' }));
  });

  it('should bring a service that waits for its schema into use, without a restart', async () => {
    const empty = await database({ empty: true });
    const service = ServiceProcess.spawn({ DATABASE_URL: empty.url, PORT: String(await freePort()) });
    await service.saying(/migrations are missing/);
    const { api } = service;
    expect((await api.call('GET', '/livez')).status).toBe(200);
    const waiting = await api.call('GET', '/readyz');
    expect([waiting.status, waiting.body]).toEqual([503, { status: 'unavailable', failed: ['schema'] }]);
    const refused = await api.call('POST', '/auth/email', { body: { email: 'visitor@example.com' } });
    expect([refused.status, refused.body]).toMatchObject([503, { code: 'service_unavailable' }]);

    expect(await ServiceProcess.migrate({ DATABASE_URL: empty.url }).exited).toEqual(DONE);
    const deadline = Date.now() + 5_000;
    while ((await api.call('GET', '/readyz')).status !== 200 && Date.now() < deadline) {
      await delay(POLL_MS);
    }
    expect((await api.call('GET', '/readyz')).status).toBe(200);
    const { token } = await api.signIn();
    expect((await api.send(token, 'hello')).status).toBe(200);
    expect(await service.stop()).toEqual(DONE);
  });
});
