import { Client } from 'pg';
import { toPgOptions } from '../../src/database/database-connection.js';
import { EventReader } from '../support/event-reader.js';
import { Gate } from '../support/gate.js';
import { answer, echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { runJob } from '../support/run-job.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

describe('Housekeeping', () => {
  let model: ModelServer;
  let database: TestDatabase;
  let service: TestService;
  let replica: TestService;
  let token: string;
  let sessionId: string;

  beforeAll(async () => {
    model = await ModelServer.start();
    database = await createTestDatabase();
    const settings = {
      AI_MODELS: 'compatible:test',
      COMPATIBLE_BASE_URL: model.url,
      NOTIFICATION_LOG_ENABLED: 'true',
      AI_SESSION_TOKEN_LIMIT: '1000000',
      AI_DAILY_TOKEN_LIMIT: '1000000',
      SESSION_IDLE_TIMEOUT_MINUTES: '30',
      RETENTION_DAYS: '30',
    };
    service = await startTestService({ settings, database });
    replica = await startTestService({ settings, database });
  });

  beforeEach(async () => {
    model.respondWith(echo());
    ({ token, sessionId } = await service.api.signIn());
  });

  afterAll(async () => {
    await replica.stop();
    await service.stop();
    await database.drop();
    await model.close();
  });

  const told = (fact: string, id = sessionId) =>
    [...service.logs, ...replica.logs].filter((line) => line['session_id'] === id && line['fact'] === fact);
  const sessionOf = async (id = sessionId) =>
    (await database.query<{ is_active: boolean }>('SELECT * FROM sessions WHERE id = $1', [id]))[0];
  const expire = (ago: string, id = sessionId) =>
    database.query(`UPDATE sessions SET expires_at = now() - $2::interval WHERE id = $1`, [id, ago]);
  /** A turn that was accepted, and whose process says nothing any more. */
  const abandon = async (turn: { key?: string; deltas?: string[]; ago?: string } = {}): Promise<string> => {
    const gate = new Gate();
    model.respondWith(echo({ heldUntil: gate.opened }));
    const arrived = model.nextRequest();
    const sending = service.api.send(token, 'left alone', turn.key);
    await arrived;
    const [row] = await database.query<{ id: string }>(
      `UPDATE chat_messages SET attempt = attempt + 1, lease_expires_at = now() - $2::interval
        WHERE session_id = $1 AND outcome = 'pending' RETURNING id`,
      [sessionId, turn.ago ?? '1 second'],
    );
    const id = row!.id;
    for (const [index, text] of (turn.deltas ?? []).entries()) {
      await database.query(`INSERT INTO turn_deltas VALUES ($1, 2, $2, $3)`, [id, index + 1, text]);
    }
    // The process that began it finds that it has been overtaken, as one does that was frozen for too long.
    gate.open();
    expect((await sending).status).toBe(409);
    return id;
  };
  const turnOf = async (id: string) =>
    (await service.api.call('GET', `/chat/messages/${id}`, { token })).body;

  it('should be scheduled, each job once', async () => {
    expect(await database.query('SELECT name FROM pgboss.schedule ORDER BY name')).toEqual([
      { name: 'housekeeping.leftovers' },
      { name: 'housekeeping.retention' },
      { name: 'housekeeping.sessions' },
      { name: 'housekeeping.sign-in' },
      { name: 'housekeeping.turns' },
    ]);
  });

  describe('of sessions', () => {
    it('should end those whose time is over, and tell of it once', async () => {
      const others = await service.api.signIn();
      await expire('1 second');
      await Promise.all([
        runJob(database, 'housekeeping.sessions'),
        runJob(database, 'housekeeping.sessions'),
      ]);
      expect((await sessionOf())?.is_active).toBe(false);
      expect((await sessionOf(others.sessionId))?.is_active).toBe(true);
      await until(() => told('SessionEnded')[0]);
      await runJob(database, 'housekeeping.sessions');
      expect(told('SessionEnded')).toMatchObject([{ reason: 'expired' }]);
      expect(told('SessionEnded', others.sessionId)).toEqual([]);
    });

    it('should end those that lie unused, also behind many that do not', async () => {
      await database.query(
        `INSERT INTO sessions (id, email_hash, browser_hash, ip_address, expires_at, idle_timeout)
         SELECT 'filler-' || n, 'e', 'b', '::1', now() + interval '1 minute', interval '30 minutes'
           FROM generate_series(1, 1200) n`,
      );
      await database.query(
        `UPDATE sessions SET last_activity = now() - interval '31 minutes' WHERE id = $1`,
        [sessionId],
      );
      await runJob(database, 'housekeeping.sessions');
      expect((await sessionOf())?.is_active).toBe(false);
      const [live] = await database.query(
        `SELECT count(*)::integer AS count FROM sessions WHERE id LIKE 'filler-%' AND is_active`,
      );
      expect(live).toEqual({ count: 1200 });
      await until(() => told('SessionEnded')[0]);
    });

    it('should tell open streams', async () => {
      const gate = new Gate();
      model.respondWith(answer('one two', { heldUntil: gate.opened }));
      const stream = await EventReader.open(replica.url, token);
      await stream.until(({ data: { type } }) => type === 'accepted');
      await expire('1 second');
      await runJob(database, 'housekeeping.sessions');
      await stream.toEnd();
      expect(stream.last.data).toMatchObject({ type: 'error', code: 'session_ended' });
      gate.open();
    });

    it('should leave one to the next run that somebody is writing', async () => {
      await expire('1 second');
      await withLockedRow(database, `SELECT FROM sessions WHERE id = '${sessionId}' FOR NO KEY UPDATE`, () =>
        runJob(database, 'housekeeping.sessions'),
      );
      expect((await sessionOf())?.is_active).toBe(true);
      await runJob(database, 'housekeeping.sessions');
      expect((await sessionOf())?.is_active).toBe(false);
    });
  });

  describe('of abandoned turns', () => {
    const tokensOf = () =>
      database.query(
        `SELECT tokens_used::integer AS used, tokens_reserved::integer AS reserved FROM sessions WHERE id = $1`,
        [sessionId],
      );

    it('should end one that nobody can send again, with what was streamed, and settle what it reserved', async () => {
      const id = await abandon({ deltas: ['Half of ', 'a re😀', 'ply'] });
      const [before] = (await tokensOf()) as { reserved: number }[];
      expect(before?.reserved).toBeGreaterThan(0);
      await runJob(database, 'housekeeping.turns');
      expect(await turnOf(id)).toMatchObject({ outcome: 'interrupted', response: 'Half of a re😀ply' });
      expect(await database.query('SELECT * FROM turn_deltas')).toEqual([]);
      expect(await database.query('SELECT * FROM running_turns WHERE turn_id = $1', [id])).toEqual([]);
      // A model had written, and nobody knows what that took.
      expect(await tokensOf()).toEqual([{ used: before?.reserved, reserved: 0 }]);
      await until(() => told('ReplyCompleted')[0]);
      expect(told('ReplyCompleted')).toMatchObject([{ message_id: id, outcome: 'interrupted' }]);
      // Event by event, a reader finds what readers saw while it was written.
      const stream = await EventReader.open(service.url, token, { lastEventId: `${id}:1` });
      await stream.toEnd();
      expect(stream.events.map(({ data }) => data.text ?? data.type)).toEqual(['a re😀', 'ply', 'done']);
    });

    it('should give back what a turn had reserved of which nothing is known', async () => {
      const id = await abandon();
      await runJob(database, 'housekeeping.turns');
      expect(await turnOf(id)).toMatchObject({ outcome: 'interrupted', response: '' });
      expect(await tokensOf()).toEqual([{ used: 0, reserved: 0 }]);
      const [day] = await database.query(`SELECT reserved::integer AS reserved FROM daily_tokens`);
      expect(day).toEqual({ reserved: 0 });
      // The model is not given a reply without words.
      model.respondWith(echo());
      await service.api.send(token, 'are you there?');
      const { messages } = model.requests.at(-1)!.body;
      expect(messages.filter(({ role }) => role === 'assistant')).toEqual([]);
    });

    it('should leave one with a key for an hour, in which it is answered when it is sent again', async () => {
      const id = await abandon({ key: 'key-1', ago: '59 minutes' });
      await runJob(database, 'housekeeping.turns');
      model.respondWith(echo());
      const answered = await service.api.send(token, 'left alone', 'key-1');
      expect(answered.body).toMatchObject({
        message_id: id,
        outcome: 'answered',
        response: 'echo: left alone',
      });
    });

    it('should end one with a key after an hour, or when its session has ended', async () => {
      const id = await abandon({ key: 'key-2', ago: '61 minutes' });
      await runJob(database, 'housekeeping.turns');
      expect(await turnOf(id)).toMatchObject({ outcome: 'interrupted' });
      const replayed = await service.api.send(token, 'left alone', 'key-2');
      expect(replayed.headers.get('idempotent-replayed')).toBe('true');

      ({ token, sessionId } = await service.api.signIn());
      const ended = await abandon({ key: 'key-3' });
      await service.api.call('DELETE', '/auth/session', { token });
      await runJob(database, 'housekeeping.turns');
      expect(await database.query('SELECT outcome FROM chat_messages WHERE id = $1', [ended])).toEqual([
        { outcome: 'interrupted' },
      ]);
    });

    it('should end one as the operator’s where one has taken the session over', async () => {
      const id = await abandon();
      await database.query('UPDATE sessions SET operator_from_sequence = 2 WHERE id = $1', [sessionId]);
      await runJob(database, 'housekeeping.turns');
      expect(await turnOf(id)).toMatchObject({ outcome: 'operator' });
    });

    it('should let a running turn be', async () => {
      const gate = new Gate();
      model.respondWith(echo({ heldUntil: gate.opened }));
      const arrived = model.nextRequest();
      const sending = service.api.send(token, 'at work');
      await arrived;
      await runJob(database, 'housekeeping.turns');
      gate.open();
      expect((await sending).body).toMatchObject({ outcome: 'answered' });
    });
  });

  describe('of leftovers', () => {
    it('should remove what nobody needs any more, and nothing else', async () => {
      const { body } = await service.api.send(token, 'done', 'key-4');
      const abandoned = await abandon({ key: 'key-5', deltas: ['half'] });
      await database.query(
        `INSERT INTO turn_deltas VALUES ('${body.message_id}', 1, 1, 'late'), ('${abandoned}', 1, 1, 'void')`,
      );
      await database.query(`INSERT INTO running_turns VALUES ('gone', $1), ($2, $1)`, [
        sessionId,
        body.message_id,
      ]);
      await database.query(
        `INSERT INTO erased_keys VALUES ($1, 'old', now() - interval '1 second'), ($1, 'new', now() + interval '1 hour')`,
        [sessionId],
      );
      await database.query(
        `INSERT INTO operator_commands VALUES ('old', now() - interval '8 days'), ('new', now() - interval '6 days')`,
      );
      await runJob(database, 'housekeeping.leftovers');
      const left = async (text: string): Promise<unknown[]> =>
        (await database.query<Record<string, unknown>>(text)).flatMap((row) => Object.values(row));
      expect(await left(`SELECT text FROM turn_deltas`)).toEqual(['half']);
      expect(await left(`SELECT turn_id FROM running_turns`)).toEqual([abandoned]);
      expect(await left(`SELECT convert_from(key_digest, 'UTF8') FROM erased_keys`)).toEqual(['new']);
      expect(await left(`SELECT id FROM operator_commands`)).toEqual(['new']);
    });

    it('should remove sign-in codes that have expired, and names of visitors who may come back', async () => {
      await database.query(
        `INSERT INTO sign_in_codes (id, email_hash, code_hash, expires_at, tries_left)
         SELECT 'code-' || n, 'e', 'c', now() + n * interval '1 minute', 5 FROM generate_series(-1200, 2) n`,
      );
      await database.query(
        `INSERT INTO blocked_visitors VALUES ('back', now() - interval '1 second'), ('out', now() + interval '1 hour')`,
      );
      await runJob(database, 'housekeeping.sign-in');
      const codes = await database.query(`SELECT id FROM sign_in_codes ORDER BY expires_at`);
      expect(codes).toEqual([{ id: 'code-1' }, { id: 'code-2' }]);
      expect(await database.query(`SELECT email_hash FROM blocked_visitors`)).toEqual([
        { email_hash: 'out' },
      ]);
    });
  });

  describe('of old conversations', () => {
    it('should remove them whole, however long, and no younger one', async () => {
      const younger = await service.api.signIn();
      for (const each of [{ token, sessionId }, younger]) {
        await service.api.send(each.token, 'some words', 'key-6');
        await database.query(`INSERT INTO erased_keys VALUES ($1, 'digest', now() + interval '99 days')`, [
          each.sessionId,
        ]);
      }
      await database.query(
        `INSERT INTO chat_messages (id, session_id, sequence, message_type, content)
         SELECT 'long-' || n, $1, 1000 + n, 'operator', 'more words' FROM generate_series(1, 1200) n`,
        [sessionId],
      );
      await expire('30 days 1 hour');
      await expire('29 days 23 hours', younger.sessionId);
      await runJob(database, 'housekeeping.sessions');
      await runJob(database, 'housekeeping.retention');
      for (const table of ['chat_messages', 'erased_keys', 'notifications']) {
        expect(await database.query(`SELECT FROM ${table} WHERE session_id = $1`, [sessionId])).toEqual([]);
      }
      expect(await sessionOf()).toBeUndefined();
      expect((await service.api.history(token)).body).toMatchObject({ code: 'session_ended' });
      expect(await sessionOf(younger.sessionId)).toBeDefined();
      const kept = await database.query('SELECT FROM chat_messages WHERE session_id = $1', [
        younger.sessionId,
      ]);
      expect(kept).toHaveLength(2);
    });

    it('should let a reply that comes too late find no session', async () => {
      const gate = new Gate();
      model.respondWith(echo({ heldUntil: gate.opened }));
      const arrived = model.nextRequest();
      const sending = service.api.send(token, 'very slow');
      await arrived;
      await expire('31 days');
      await runJob(database, 'housekeeping.sessions');
      await runJob(database, 'housekeeping.retention');
      expect(await sessionOf()).toBeUndefined();
      gate.open();
      expect((await sending).body).toMatchObject({ code: 'session_ended' });
      expect(await database.query('SELECT FROM chat_messages WHERE session_id = $1', [sessionId])).toEqual(
        [],
      );
    });

    it('should remove nothing unless it is asked to', async () => {
      const keeping = await startTestService();
      try {
        const visitor = await keeping.api.signIn();
        await keeping.database.query(
          `UPDATE sessions SET is_active = false, expires_at = now() - interval '9 years'`,
        );
        await runJob(keeping.database, 'housekeeping.retention');
        const rows = await keeping.database.query('SELECT id FROM sessions');
        expect(rows).toEqual([{ id: visitor.sessionId }]);
      } finally {
        await keeping.stop();
      }
    });
  });
});

/** Runs `work` while another connection holds what the statement locks. */
async function withLockedRow(
  { connection }: TestDatabase,
  statement: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const client = new Client(toPgOptions(connection));
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(statement);
    await work();
  } finally {
    await client.end();
  }
}
