import { DomainEvents } from '../../src/common/events/domain-events.js';
import { SessionStarted } from '../../src/auth/events/session-started.event.js';
import { Database } from '../../src/database/database.js';
import { VisitorEmail } from '../../src/auth/events/visitor-email.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

const JOBS_OF_SESSION = `
  SELECT data->>'fact' AS fact, state FROM pgboss.job
   WHERE name = 'notification.log' AND singleton_key = $1 ORDER BY created_on`;

describe('Notifications', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService({ settings: { NOTIFICATION_LOG_ENABLED: 'true' } });
  });

  afterAll(() => service.stop());

  const deliveredFor = (sessionId: string) =>
    service.logs.filter((line) => line['msg'] === 'notification' && line['session_id'] === sessionId);

  it('should tell a channel each fact of a conversation, by ids alone', async () => {
    const { token, sessionId } = await service.api.signIn('visitor@example.com');
    const sent = await service.api.send(token, 'a private message');
    await service.api.call('DELETE', '/auth/session', { token });
    const lines = await until(() => {
      const delivered = deliveredFor(sessionId);
      return delivered.length >= 4 ? delivered : undefined;
    });
    expect(new Set(lines.map((line) => line['fact']))).toEqual(
      new Set(['SessionStarted', 'MessageReceived', 'ReplyCompleted', 'SessionEnded']),
    );
    expect(lines.find((line) => line['fact'] === 'ReplyCompleted')).toMatchObject({
      message_id: sent.body.message_id,
      reply_id: sent.body.reply_id,
    });
    expect(JSON.stringify(lines)).not.toContain('private');
  });

  it('should queue nothing for a fact that was rolled back', async () => {
    const sessionId = 'rolled-back-session-000000000000';
    const database = service.app.get(Database);
    const attempt = database.transaction(async (transaction) => {
      await transaction.query('SELECT 1');
      await service.app
        .get(DomainEvents)
        .publish(new SessionStarted(sessionId, new VisitorEmail('nobody@example.com')), transaction);
      throw new Error('the fact did not come true');
    });
    await expect(attempt).rejects.toThrow('did not come true');
    expect(await service.database.query(JOBS_OF_SESSION, [sessionId])).toEqual([]);
  });

  it('should roll the fact back when its job cannot be queued', async () => {
    const database = service.app.get(Database);
    await service.database.query('CREATE TABLE facts (id integer)');
    const attempt = database.transaction(async (transaction) => {
      await transaction.query('INSERT INTO facts VALUES (1)');
      transaction.enlist('INSERT INTO no_such_table VALUES (1)');
    });
    await expect(attempt).rejects.toThrow('no_such_table');
    expect(await service.database.query('SELECT * FROM facts')).toEqual([]);
    // The connection is in order again.
    await expect(database.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('should deliver what was queued before a crash, by whichever process comes next', async () => {
    const { sessionId } = await service.api.signIn();
    await until(async () => {
      const jobs = await service.database.query<{ state: string }>(JOBS_OF_SESSION, [sessionId]);
      return jobs.every(({ state }) => state === 'completed') ? true : undefined;
    });
    const { sessionId: orphan } = await service.api.signIn();
    await until(() => (deliveredFor(orphan).length === 1 ? true : undefined));
    await service.database.query(
      `INSERT INTO notifications (session_id, channel, fact) VALUES ($1, 'log', 'SessionEnded')`,
      [orphan],
    );
    await service.database.query(
      `INSERT INTO pgboss.job (name, data, singleton_key, policy)
       VALUES ('notification.log', $1, $2, 'key_strict_fifo')`,
      [JSON.stringify({ sessionId: orphan }), orphan],
    );
    await until(() => (deliveredFor(orphan).length === 2 ? true : undefined));
  });
});
