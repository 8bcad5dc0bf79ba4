import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestService } from '../support/test-service.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const ROLES = readFileSync(join(import.meta.dirname, '../../docs/database-roles.sql'), 'utf8');

describe('A service whose database role may only read and write rows', () => {
  const role = `parley_role_${randomBytes(6).toString('hex')}`;
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`);
    await database.query(ROLES.replaceAll('parley_service', role));
  });

  afterAll(async () => {
    await database.query(`DROP OWNED BY ${role}`);
    await database.query(`DROP ROLE ${role}`);
    await database.drop();
  });

  it('should serve a whole conversation, its notifications included', async () => {
    const connection = asRole(database, role);
    const service = await startTestService({
      database: { ...database, connection },
      settings: { NOTIFICATION_LOG_ENABLED: 'true' },
    });
    try {
      const { token } = await service.api.signIn();
      expect((await service.api.send(token, 'Hello')).status).toBe(200);
      expect((await service.api.history(token)).body.messages).toHaveLength(1);
      expect((await service.api.call('DELETE', '/auth/session', { token })).status).toBe(204);
      while (!service.logs.some(({ fact }) => fact === 'SessionEnded')) {
        await service.api.call('GET', '/livez');
      }
    } finally {
      await service.stop();
    }
  });

  it('should sign visitors in by code', async () => {
    const service = await startTestService({
      database: { ...database, connection: asRole(database, role) },
      settings: { NODE_ENV: 'development', AUTH_EMAIL_VERIFICATION: 'code' },
    });
    try {
      const email = 'visitor@example.com';
      const verify = (code: string) =>
        service.api.call('POST', '/auth/email/verify', { body: { email, code } });
      // Without a code there is nothing to compare, but something to write.
      expect((await verify('12345678')).status).toBe(400);
      expect((await service.api.call('POST', '/auth/email', { body: { email } })).status).toBe(202);
      const line = await until(() => service.logs.find(({ context }) => context === 'Mail'));
      expect((await verify((line['msg'] as string).slice(-8))).status).toBe(200);
    } finally {
      await service.stop();
    }
  });

  it.each(['CREATE TABLE stolen (id int)', 'DROP TABLE sessions', 'DELETE FROM schema_migrations'])(
    'should not be able to run %s',
    async (statement) => {
      await expect(database.query(`SET ROLE ${role}; ${statement}`)).rejects.toMatchObject({ code: '42501' });
    },
  );
});

function asRole({ connection }: TestDatabase, role: string): TestDatabase['connection'] {
  if (!('url' in connection)) {
    return { ...connection, user: role };
  }
  const url = new URL(connection.url);
  url.username = role;
  url.password = '';
  return { url: url.href };
}
