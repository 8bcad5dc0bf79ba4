import { JobQueue } from '../../src/database/queue/job-queue.js';
import { MailServer, type ReceivedMail } from '../support/mail-server.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';
import type { ApiResponse } from '../support/api-client.js';

const WRONG = '00000000';
const CODE = /^\d{8}$/;
/** What differs from answer to answer for everybody. */
const VARYING_HEADERS = ['date', 'x-request-id', 'ratelimit', 'keep-alive', 'connection'];

interface StoredCode {
  readonly id: string;
  readonly tries_left: number;
  readonly is_consumed: boolean;
  readonly is_mailed: boolean;
}

describe('Verified sign-in', () => {
  let mail: MailServer;
  let service: TestService;
  let addresses = 0;

  beforeAll(async () => {
    mail = await MailServer.start();
    service = await startTestService({
      settings: {
        AUTH_EMAIL_VERIFICATION: 'code',
        SMTP_URL: mail.url,
        MAIL_FROM: 'no-reply@example.com',
        LOG_LEVEL: 'trace',
      },
    });
  });

  afterAll(async () => {
    await service.stop();
    await mail.close();
  });

  const newAddress = (): string => `visitor${(addresses += 1)}@example.com`;
  const ask = (email: string) => service.api.call('POST', '/auth/email', { body: { email } });
  const verify = (email: string, code: string) =>
    service.api.call<Record<string, string>>('POST', '/auth/email/verify', { body: { email, code } });
  const codeIn = ({ text }: ReceivedMail): string => text.split('\n')[0] as string;
  const codeFor = async (email: string, count = 1): Promise<string> => {
    expect((await ask(email)).status).toBe(202);
    return codeIn(await mail.mailTo(email, count));
  };
  /** Another code than this one. */
  const otherThan = (code: string): string => (code === WRONG ? '11111111' : WRONG);
  const hashOf = async (sessionId: string): Promise<string> =>
    (
      await service.database.query<{ email_hash: string }>('SELECT email_hash FROM sessions WHERE id = $1', [
        sessionId,
      ])
    )[0]?.email_hash as string;
  /** The codes that were stored since `known` were, oldest first. */
  const codesSince = (known: readonly string[]): Promise<StoredCode[]> =>
    service.database.query<StoredCode>(
      `SELECT id, tries_left, consumed_at IS NOT NULL AS is_consumed, sealed_mail IS NULL AS is_mailed
         FROM sign_in_codes WHERE NOT id = ANY($1) ORDER BY created_at`,
      [known],
    );
  const knownCodes = async (): Promise<string[]> => (await codesSince([])).map(({ id }) => id);
  const jobsAreDone = () =>
    until(async () => {
      const open = await service.database.query(
        `SELECT FROM pgboss.job WHERE name = 'sign-in-code' AND state NOT IN ('completed', 'failed', 'cancelled')`,
      );
      return open.length === 0 ? true : undefined;
    });
  const isInvalid = ({ status, body }: ApiResponse): boolean =>
    status === 400 && body['code'] === 'invalid_code';

  it('should mail a code and open a session for it', async () => {
    const asked = await ask('Visitor@Example.com');
    expect([asked.status, asked.body]).toEqual([202, { verification: 'code_sent', expires_in: 600 }]);
    const received = await mail.mailTo('visitor@example.com');
    const code = codeIn(received);
    expect(code).toMatch(CODE);

    const answer = await verify(' VISITOR@example.com ', code);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 86_400 });
    const token = answer.body['access_token'] as string;
    expect((await service.api.send(token, 'Hello')).status).toBe(200);
    const [row] = await service.database.query('SELECT email_verified FROM sessions WHERE id = $1', [
      answer.body['session_id'],
    ]);
    expect(row).toEqual({ email_verified: true });
  });

  it('should send a plain mail whose subject does not show the code', async () => {
    const email = newAddress();
    const code = await codeFor(email);
    const received = await mail.mailTo(email);
    expect(received.from).toBe('no-reply@example.com');
    expect(received.headers.get('from')).toBe('no-reply@example.com');
    expect(received.headers.get('to')).toBe(email);
    expect(received.headers.get('subject')).toBe('Your sign-in code');
    expect(received.headers.get('auto-submitted')).toBe('auto-generated');
    expect(received.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(received.text).toContain('10 minutes');
    expect(received.text.split(code)).toHaveLength(2);
  });

  it('should take a code as people type it, and with an address of another country', async () => {
    const spelled = await codeFor(newAddress());
    const email = `visitor${addresses}@example.com`;
    expect((await verify(email, ` ${spelled.slice(0, 4)}-${spelled.slice(4)} `)).status).toBe(200);

    await ask('zoë@münchen.example');
    // The server of the test shows the ASCII form it was sent as Unicode.
    const received = await mail.mailTo('zoë@münchen.example');
    expect((await verify('ZOË@MÜNCHEN.example', codeIn(received))).status).toBe(200);
  });

  it('should accept a code once, for its own address only', async () => {
    const [email, other] = [newAddress(), newAddress()];
    const code = await codeFor(email);
    await codeFor(other);
    expect(isInvalid(await verify(other, code))).toBe(true);
    expect((await verify(email, code)).status).toBe(200);
    expect(isInvalid(await verify(email, code))).toBe(true);
  });

  it('should refuse a code after ten minutes', async () => {
    const email = newAddress();
    const known = await knownCodes();
    const code = await codeFor(email);
    const [stored] = await codesSince(known);
    const age = (seconds: number) =>
      service.database.query(
        `UPDATE sign_in_codes SET expires_at = created_at + interval '10 minutes' - $2 * interval '1 second',
                created_at = created_at - $2 * interval '1 second' WHERE id = $1`,
        [stored?.id, seconds],
      );
    await age(601);
    expect(isInvalid(await verify(email, code))).toBe(true);
    await age(-30);
    expect((await verify(email, code)).status).toBe(200);
  });

  it('should give a code five tries', async () => {
    const [patient, hasty] = [newAddress(), newAddress()];
    const codes = { patient: await codeFor(patient), hasty: await codeFor(hasty) };
    for (let count = 1; count <= 4; count += 1) {
      expect(isInvalid(await verify(patient, otherThan(codes.patient)))).toBe(true);
      expect(isInvalid(await verify(hasty, otherThan(codes.hasty)))).toBe(true);
    }
    expect((await verify(patient, codes.patient)).status).toBe(200);
    await verify(hasty, 'not even a code');
    expect(isInvalid(await verify(hasty, codes.hasty))).toBe(true);
  });

  it('should keep earlier codes valid, so that nobody can spoil the one that is being typed', async () => {
    const email = newAddress();
    const first = await codeFor(email, 1);
    const second = await codeFor(email, 2);
    expect((await verify(email, first)).status).toBe(200);
    expect((await verify(email, second)).status).toBe(200);
  });

  it('should accept one of fifty at the same time', async () => {
    const email = newAddress();
    const code = await codeFor(email);
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(email, code)));
    const opened = answers.filter(({ status }) => status === 200);
    expect(opened).toHaveLength(1);
    expect(answers.filter(isInvalid)).toHaveLength(49);
    const hash = await hashOf(opened[0]?.body['session_id'] as string);
    expect(await service.database.query('SELECT FROM sessions WHERE email_hash = $1', [hash])).toHaveLength(
      1,
    );
  });

  it('should compare five of fifty at the same time', async () => {
    const email = newAddress();
    const known = await knownCodes();
    const codes = [await codeFor(email, 1), await codeFor(email, 2)];
    await service.database.query(`CREATE TABLE tries (code_id varchar(32))`);
    await service.database.query(`
      CREATE FUNCTION note_try() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO tries VALUES (NEW.id);
        RETURN NULL;
      END $$`);
    await service.database.query(`
      CREATE TRIGGER note_try AFTER UPDATE ON sign_in_codes FOR EACH ROW
      WHEN (NEW.tries_left < OLD.tries_left) EXECUTE FUNCTION note_try()`);
    const wrong = ['22222222', '33333333', '44444444'].find((each) => !codes.includes(each)) as string;
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(email, wrong)));
    expect(answers.every(isInvalid)).toBe(true);
    expect(isInvalid(await verify(email, codes[0] as string))).toBe(true);
    expect(isInvalid(await verify(email, codes[1] as string))).toBe(true);
    expect((await codesSince(known)).map(({ tries_left }) => tries_left)).toEqual([0, 0]);
    const tries = await service.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM tries GROUP BY code_id',
    );
    expect(tries).toEqual([{ count: 5 }, { count: 5 }]);
  });

  it('should mail an address five codes in ten minutes, whoever asks how often at once', async () => {
    const email = newAddress();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(email)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202));
    await jobsAreDone();
    expect(mail.mails.filter(({ to }) => to === email)).toHaveLength(5);
    // Once the first are over, there are new ones.
    await service.database.query(
      `UPDATE sign_in_codes SET expires_at = clock_timestamp() - interval '1 second'`,
    );
    await codeFor(email, 6);
  });

  it('should clear away codes that have expired', async () => {
    await service.database.query(
      `UPDATE sign_in_codes SET expires_at = clock_timestamp() - interval '1 second'`,
    );
    const count = async () => (await knownCodes()).length;
    const before = await count();
    for (let left = before; left > 1; left = await count()) {
      await ask(newAddress());
      expect(await count()).toBeLessThan(Math.max(left, 2));
    }
    await jobsAreDone();
  });

  it('should answer alike, whether an address is known, has a code, or neither', async () => {
    const [known, used, spent, late] = [newAddress(), newAddress(), newAddress(), newAddress()];
    const earlier = await codeFor(known);
    expect((await verify(known, earlier)).status).toBe(200);
    const usedCode = await codeFor(used);
    await verify(used, usedCode);
    const spentCode = await codeFor(spent);
    for (let count = 1; count <= 5; count += 1) {
      await verify(spent, otherThan(spentCode));
    }
    const codes = await knownCodes();
    const lateCode = await codeFor(late);
    const [lateId] = await codesSince(codes);
    await service.database.query(`UPDATE sign_in_codes SET expires_at = clock_timestamp() WHERE id = $1`, [
      lateId?.id,
    ]);
    const live = await codeFor(known, 2);

    const shapeOf = ({ status, headers, body }: ApiResponse): unknown => ({
      status,
      headers: [...headers].filter(([name]) => !VARYING_HEADERS.includes(name)),
      body: { ...body, request_id: undefined },
    });
    const refusals = [
      await verify(known, otherThan(live)),
      await verify(known, 'abc'),
      await verify(used, usedCode),
      await verify(spent, spentCode),
      await verify(late, lateCode),
      await verify(newAddress(), WRONG),
    ];
    expect(refusals.every(isInvalid)).toBe(true);
    expect(new Set(refusals.map((each) => JSON.stringify(shapeOf(each)))).size).toBe(1);
    const acceptances = [await ask(known), await ask(used), await ask(spent), await ask(newAddress())];
    expect(new Set(acceptances.map((each) => JSON.stringify(shapeOf(each)))).size).toBe(1);
  });

  it('should write as much for an address without a code as for one with', async () => {
    const email = newAddress();
    const code = await codeFor(email);
    await jobsAreDone();
    const position = async (): Promise<string> =>
      (await service.database.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn'))[0]
        ?.lsn as string;
    for (const address of [email, newAddress()]) {
      const before = await position();
      await verify(address, otherThan(code));
      expect(await position()).not.toBe(before);
    }
  });

  it('should try again when the mail server is busy, and then forget the address', async () => {
    const email = newAddress();
    const known = await knownCodes();
    mail.refuseNext('RCPT TO', 451);
    mail.refuseNext('DATA', 452);
    const code = await codeFor(email);
    expect(mail.attempts.filter((each) => each === email)).toHaveLength(3);
    expect((await verify(email, code)).status).toBe(200);
    await jobsAreDone();
    expect((await codesSince(known)).map(({ is_mailed }) => is_mailed)).toEqual([true]);
  });

  it.each(['RCPT TO', 'DATA'] as const)(
    'should not try again when the mail is refused for good at %s',
    async (at) => {
      const email = newAddress();
      const known = await knownCodes();
      mail.refuseNext(at, 550);
      await ask(email);
      await mail.attemptsFor(email, 1);
      await jobsAreDone();
      expect(mail.attempts.filter((each) => each === email)).toHaveLength(1);
      expect((await codesSince(known)).map(({ is_mailed }) => is_mailed)).toEqual([true]);
      expect(service.logs.findLast((line) => line['msg'] === 'mail not sent')).toMatchObject({
        smtp_code: 550,
        smtp_command: at,
      });
    },
  );

  it('should not mail a code that has expired while the mail server was away', async () => {
    const email = newAddress();
    mail.refuseAll(421);
    await ask(email);
    await mail.attemptsFor(email, 1);
    await service.database.query(`UPDATE sign_in_codes SET expires_at = clock_timestamp()`);
    mail.refuseAll(undefined);
    await jobsAreDone();
    expect(mail.mails.filter(({ to }) => to === email)).toHaveLength(0);
    expect(await service.database.query('SELECT FROM sign_in_codes WHERE sealed_mail IS NOT NULL')).toEqual(
      [],
    );
  });

  it('should hold no address and no code in clear, in the database and in the log', async () => {
    const email = 'very.private.person@example.com';
    const dump = async (): Promise<string> => {
      const tables = await service.database.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
          WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
      );
      const rows = await Promise.all(
        tables.map(({ name }) =>
          service.database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`),
        ),
      );
      return rows
        .flat()
        .map(({ row }) => row)
        .join('\n');
    };
    const formsOf = (secret: string): string[] =>
      (['utf8', 'hex', 'base64', 'base64url'] as const).map((encoding) =>
        Buffer.from(secret).toString(encoding).replace(/=+$/, ''),
      );
    mail.refuseAll(451);
    await ask(email);
    await mail.attemptsFor(email, 1);
    const waiting = await dump();
    mail.refuseAll(undefined);
    const code = codeIn(await mail.mailTo(email));
    await verify(email, otherThan(code));
    expect((await verify(email, code)).status).toBe(200);
    await jobsAreDone();
    const done = await dump();

    expect(waiting).toContain('sign-in-code');
    for (const text of [waiting, done, JSON.stringify(service.logs)]) {
      for (const form of [...formsOf(email), ...formsOf('private.person'), ...formsOf(code)]) {
        expect(text).not.toContain(form);
      }
    }
    expect(
      await service.database.query(
        'SELECT FROM sign_in_codes WHERE sealed_mail IS NOT NULL AND consumed_at IS NOT NULL',
      ),
    ).toEqual([]);
  });

  it.each([
    [{ email: 'visitor@example.com' }, 'code'],
    [{ email: 'visitor@example.com', code: 12345678 }, 'code'],
    [{ email: 'visitor@example.com', code: '' }, 'code'],
    [{ email: 'visitor@example.com', code: '1'.repeat(33) }, 'code'],
    [{ email: 'visitor', code: '12345678' }, 'email'],
    [{ code: '12345678' }, 'email'],
    [{ email: 'visitor@example.com', code: '12345678', extra: 1 }, 'extra'],
  ])('should refuse the body %j', async (body, field) => {
    const answer = await service.api.call('POST', '/auth/email/verify', { body });
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
  });

  it('should answer service_unavailable, and store no code, while the queue is not ready', async () => {
    const known = await knownCodes();
    await service.app.get(JobQueue).stop();
    const answer = await ask(newAddress());
    expect([answer.status, answer.body['code']]).toEqual([503, 'service_unavailable']);
    expect(await codesSince(known)).toEqual([]);
  });
});

describe('Verified sign-in by other ways', () => {
  it('should write the code to the log where there is no mail server, for development', async () => {
    const service = await startTestService({
      settings: { NODE_ENV: 'development', AUTH_EMAIL_VERIFICATION: 'code' },
    });
    try {
      const email = 'developer@example.com';
      await service.api.call('POST', '/auth/email', { body: { email } });
      const line = await until(() => service.logs.find(({ context }) => context === 'Mail'));
      const code = /^sign-in code: (\d{8})$/.exec(line['msg'] as string)?.[1];
      expect(line['level']).toBe('info');
      expect((await service.api.call('POST', '/auth/email/verify', { body: { email, code } })).status).toBe(
        200,
      );
      expect(JSON.stringify(service.logs)).not.toContain(email);
    } finally {
      await service.stop();
    }
  });

  it('should not send its password to a mail server that offers no encryption', async () => {
    const mail = await MailServer.start();
    const service = await startTestService({
      settings: {
        AUTH_EMAIL_VERIFICATION: 'code',
        SMTP_URL: `smtp://parley:p%40ss@127.0.0.1:${mail.port}`,
        MAIL_FROM: 'no-reply@example.com',
      },
    });
    try {
      await service.api.call('POST', '/auth/email', { body: { email: 'visitor@example.com' } });
      await until(() => service.logs.find(({ msg }) => msg === 'mail not sent'));
      expect([mail.passwords, mail.mails]).toEqual([[], []]);
    } finally {
      await service.stop();
      await mail.close();
    }
  });

  it('should sign in to a mail server over STARTTLS', async () => {
    const mail = await MailServer.start({ offersTls: true });
    const service = await startTestService({
      settings: {
        AUTH_EMAIL_VERIFICATION: 'code',
        // Its certificate is nobody's; a real one needs no such option.
        SMTP_URL: `smtp://parley:p%40ss@127.0.0.1:${mail.port}?tls.rejectUnauthorized=false`,
        MAIL_FROM: 'no-reply@example.com',
      },
    });
    try {
      await service.api.call('POST', '/auth/email', { body: { email: 'visitor@example.com' } });
      expect((await mail.mailTo('visitor@example.com')).text).toMatch(/^\d{8}\n/);
      expect(mail.passwords).toEqual(['p@ss']);
    } finally {
      await service.stop();
      await mail.close();
    }
  });

  it('should not be there where addresses are not verified', async () => {
    const service = await startTestService();
    try {
      const { token } = await service.api.signIn();
      const answers = [
        await service.api.call('POST', '/auth/email/verify', { body: { email: 'a@example.com', code: '1' } }),
        await service.api.call('POST', '/auth/email/verify', { body: {} }),
        await service.api.call('GET', '/auth/sessions', { token }),
        await service.api.call('DELETE', '/auth/sessions/AAAA', { token }),
      ];
      for (const { status, body } of answers) {
        expect([status, body['code'], body['detail']]).toEqual([
          404,
          'not_found',
          'This service does not verify e-mail addresses.',
        ]);
      }
    } finally {
      await service.stop();
    }
  });
});
