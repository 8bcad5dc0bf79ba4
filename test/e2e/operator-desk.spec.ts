import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorDesk } from '../../src/chat/desk/operator-desk.service.js';
import { OperatorMessages } from '../../src/chat/desk/operator-messages.service.js';
import { EventReader, expectWholeStream } from '../support/event-reader.js';
import { Gate } from '../support/gate.js';
import { answer, echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

const NOTICE = 'A person will answer you.';
const HOUR_MS = 3_600_000;
/** Of takeovers with turns; some hundred in every run, more by hand. */
const RACES = Number(process.env['TAKEOVER_RACES'] ?? '200');
const RACING_SESSIONS = 20;

describe('The operators’ desk', () => {
  let model: ModelServer;
  let service: TestService;
  let desk: OperatorDesk;
  let messages: OperatorMessages;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: {
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        OPERATOR_NOTICE: NOTICE,
        RATE_LIMITING_ENABLED: 'false',
        MAX_MESSAGES_PER_SESSION: '1000',
        AI_SESSION_TOKEN_LIMIT: '100000000',
      },
    });
    desk = service.app.get(OperatorDesk);
    messages = service.app.get(OperatorMessages);
  });

  beforeEach(() => model.respondWith(echo()));

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  const conversation = async (token: string) =>
    (await service.api.wholeHistory(token)).map(({ role, message, response, outcome }) => [
      role,
      message,
      response,
      outcome,
    ]);
  const takeOver = (sessionId: string) => desk.takeOver(sessionId, randomUUID());
  const handBack = (sessionId: string) => desk.handBack(sessionId, randomUUID());

  describe('what operators say', () => {
    it('should stand in the conversation as an item of its own', async () => {
      const { token, sessionId } = await service.api.signIn();
      await service.api.send(token, 'Is anybody there?');
      expect(await messages.say(sessionId, 'm1', 'Yes, I am Ann.')).toBe('stored');
      await service.api.send(token, 'Good');
      expect(await conversation(token)).toEqual([
        ['visitor', 'Is anybody there?', 'echo: Is anybody there?', 'answered'],
        ['operator', '', 'Yes, I am Ann.', 'operator'],
        ['visitor', 'Good', 'echo: Good', 'answered'],
      ]);
      expect((await service.api.history(token)).body.total).toBe(3);
    });

    it('should be paged with the turns, each once', async () => {
      const { token, sessionId } = await service.api.signIn();
      for (const round of [1, 2, 3]) {
        await service.api.send(token, `question ${round}`);
        await messages.say(sessionId, `a${round}`, `first ${round}`);
        await messages.say(sessionId, `b${round}`, `second ${round}`);
      }
      const whole = await conversation(token);
      expect(whole.map(([, message, response]) => message || response)).toEqual(
        [1, 2, 3].flatMap((round) => [`question ${round}`, `first ${round}`, `second ${round}`]),
      );
      for (const limit of [1, 2, 4, 7]) {
        const pages = await service.api.wholeHistory(token, limit);
        expect(pages.map(({ message, response }) => message || response)).toEqual(
          whole.map(([, message, response]) => message || response),
        );
      }
    });

    it('should be stored once, however often it is told', async () => {
      const { token, sessionId } = await service.api.signIn();
      const told = await Promise.all(
        Array.from({ length: 20 }, () => messages.say(sessionId, 'same', 'Hello')),
      );
      expect(told.filter((result) => result === 'stored')).toHaveLength(1);
      expect(told.filter((result) => result === 'known')).toHaveLength(19);
      expect(await conversation(token)).toHaveLength(1);
    });

    it('should be as harmless as everything that is shown', async () => {
      const { token, sessionId } = await service.api.signIn();
      await messages.say(sessionId, 'html', 'See <img src=x onerror=alert(1)> this');
      expect((await conversation(token))[0]?.[2]).toBe('See  this');
      expect(await messages.say(sessionId, 'nothing', '<script></script>')).toBe('empty');
      expect(await conversation(token)).toHaveLength(1);
    });

    it('should follow edits and be gone when it is taken back', async () => {
      const { token, sessionId } = await service.api.signIn();
      await messages.say(sessionId, 'one', 'Helo');
      await messages.say(sessionId, 'two', 'And more');
      await messages.edit(sessionId, 'one', 'Hello');
      const [item] = await service.api.wholeHistory(token);
      expect(item).toMatchObject({ response: 'Hello', edited_at: expect.any(String) as string });
      await messages.edit(sessionId, 'one', 'Hello');
      expect((await service.api.wholeHistory(token))[0]).toEqual(item);
      await messages.withdraw(sessionId, 'one');
      await messages.withdraw(sessionId, 'one');
      await messages.edit(sessionId, 'one', 'Back again');
      expect(await conversation(token)).toEqual([['operator', '', 'And more', 'operator']]);
      expect((await service.api.history(token)).body.total).toBe(1);
      expect(
        await service.database.query(
          `SELECT content FROM chat_messages WHERE session_id = $1 AND external_id = 'one'`,
          [sessionId],
        ),
      ).toEqual([{ content: '' }]);
      await messages.edit(sessionId, 'two', '<b onclick="x()"></b>');
      expect(await conversation(token)).toEqual([]);
    });

    it('should not reach a session that has ended, nor another one', async () => {
      const { token, sessionId } = await service.api.signIn();
      const other = await service.api.signIn();
      await messages.say(sessionId, 'mine', 'Hello');
      await messages.edit(other.sessionId, 'mine', 'Changed');
      await messages.withdraw(other.sessionId, 'mine');
      expect(await conversation(token)).toEqual([['operator', '', 'Hello', 'operator']]);
      await service.api.call('DELETE', '/auth/session', { token });
      expect(await messages.say(sessionId, 'late', 'Hello?')).toBe('session_ended');
      expect(await messages.say('x'.repeat(32), 'nobody', 'Hello?')).toBe('session_ended');
    });

    it('should be part of what the model knows', async () => {
      const { token, sessionId } = await service.api.signIn();
      await service.api.send(token, 'Where is my order?');
      await messages.say(sessionId, 'told', 'It leaves tomorrow.');
      await messages.say(sessionId, 'gone', 'Not for you');
      await messages.withdraw(sessionId, 'gone');
      await service.api.send(token, 'Thanks');
      const said = model.requests.at(-1)?.body.messages.filter(({ role }) => role !== 'system');
      expect(said).toEqual([
        { role: 'user', content: 'Where is my order?' },
        { role: 'assistant', content: 'echo: Where is my order?' },
        { role: 'assistant', content: 'It leaves tomorrow.' },
        { role: 'user', content: 'Thanks' },
      ]);
    });
  });

  describe('a takeover', () => {
    it('should silence the model and give the notice, until it is handed back', async () => {
      const { token, sessionId } = await service.api.signIn();
      expect(await takeOver(sessionId)).toBe('done');
      const calls = model.requests.length;
      const { body } = await service.api.send(token, 'Hello?');
      expect(body).toMatchObject({ success: true, outcome: 'operator', response: NOTICE });
      expect(model.requests).toHaveLength(calls);
      expect(await handBack(sessionId)).toBe('done');
      expect((await service.api.send(token, 'And now?')).body.outcome).toBe('answered');
      const said = model.requests.at(-1)?.body.messages.filter(({ role }) => role !== 'system');
      expect(said).toEqual([
        { role: 'user', content: 'Hello?' },
        { role: 'user', content: 'And now?' },
      ]);
    });

    it('should still block what screening blocks', async () => {
      const { token, sessionId } = await service.api.signIn();
      await takeOver(sessionId);
      expect((await service.api.send(token, "' OR 1=1; DROP TABLE users; --")).body.outcome).toBe('blocked');
    });

    it('should end the turn a model is at, with nothing of its words', async () => {
      const { token, sessionId } = await service.api.signIn();
      const gate = new Gate();
      model.respondWith(answer('Too late', { heldUntil: gate.opened }));
      const request = model.nextRequest();
      const sent = service.api.send(token, 'Quick', 'key');
      const { closed } = await request;
      expect(await takeOver(sessionId)).toBe('done');
      const { body } = await sent;
      expect(body).toMatchObject({ outcome: 'operator', response: NOTICE });
      await closed;
      gate.open();
      expect(await conversation(token)).toEqual([['visitor', 'Quick', NOTICE, 'operator']]);
      const again = await service.api.send(token, 'Quick', 'key');
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.body.response).toBe(NOTICE);
      // What the dead call was allowed to cost is not held back for ever.
      expect(
        await service.database.query('SELECT tokens_reserved FROM sessions WHERE id = $1', [sessionId]),
      ).toEqual([{ tokens_reserved: '0' }]);
    });

    it('should show a reader who has seen nothing yet the notice, and tell one who has seen words to read anew', async () => {
      const { token, sessionId } = await service.api.signIn();
      const gate = new Gate();
      model.respondWith(answer('Words and more words', { heldUntil: gate.opened }));
      const request = model.nextRequest();
      const unseen = await EventReader.open(service.url, token, { message: 'First', key: 'first' });
      await unseen.next();
      await request;
      await takeOver(sessionId);
      const events = await unseen.toEnd();
      expectWholeStream(events);
      expect(events.at(-1)?.data).toMatchObject({ type: 'done', outcome: 'operator', response: NOTICE });
      await handBack(sessionId);
      gate.open();

      model.respondWith(answer('one two three four five six', { deltaDelayMs: 200 }));
      const seen = await EventReader.open(service.url, token, { message: 'Second', key: 'second' });
      await seen.until(({ data }) => data.type === 'delta');
      await takeOver(sessionId);
      await seen.toEnd();
      expect(seen.last.data).toMatchObject({ type: 'error', code: 'turn_restarted' });
      const anew = await (
        await EventReader.open(service.url, token, { message: 'Second', key: 'second' })
      ).toEnd();
      expectWholeStream(anew);
      expect(anew.at(-1)?.data).toMatchObject({ type: 'done', outcome: 'operator', response: NOTICE });
      const late = await (
        await EventReader.open(service.url, token, { message: 'Second', lastEventId: seen.events[1]!.id })
      ).toEnd();
      expect(late.at(-1)?.data).toMatchObject({ type: 'error', code: 'turn_restarted' });
    });

    it('should end a turn whose process has died as well', async () => {
      const { token, sessionId } = await service.api.signIn();
      await service.database.query(
        `INSERT INTO chat_messages (id, session_id, sequence, message_type, content, outcome, lease_expires_at,
                                    idempotency_key, request_digest)
         VALUES ('dead', $1, 1, 'user', 'Anybody?', 'pending', now() - interval '1 minute', 'k', sha256('x'))`,
        [sessionId],
      );
      await service.database.query('UPDATE sessions SET last_sequence = 1, message_count = 1 WHERE id = $1', [
        sessionId,
      ]);
      await takeOver(sessionId);
      expect(await conversation(token)).toEqual([['visitor', 'Anybody?', NOTICE, 'operator']]);
    });

    it('should take effect once for each command, and say how things stand', async () => {
      const { token, sessionId } = await service.api.signIn();
      expect(await handBack(sessionId)).toBe('unchanged');
      const command = randomUUID();
      const results = await Promise.all(Array.from({ length: 10 }, () => desk.takeOver(sessionId, command)));
      expect(results.filter((result) => result === 'done')).toHaveLength(1);
      expect(results.filter((result) => result === 'repeated')).toHaveLength(9);
      expect(await takeOver(sessionId)).toBe('unchanged');
      await handBack(sessionId);
      // Told again after it was undone, as a gateway may after a reconnect.
      expect(await desk.takeOver(sessionId, command)).toBe('repeated');
      expect(await desk.describe(sessionId)).toMatchObject({ isLive: true, isTakenOver: false });
      await service.api.call('DELETE', '/auth/session', { token });
      expect(await takeOver(sessionId)).toBe('session_ended');
      expect(await desk.describe(sessionId)).toMatchObject({ isLive: false });
      expect(await desk.describe('x'.repeat(32))).toBeUndefined();
    });
  });

  it('should keep every word of a model out of what follows a takeover, whichever way the race goes', async () => {
    const random = (ms: number) => delay(Math.random() * ms);
    model.respondWith(({ messages: asked }) =>
      answer(`word ${asked.at(-1)?.content as string} and more`, { deltaDelayMs: Math.random() * 4 }),
    );
    let races = 0;
    const wrong: unknown[] = [];
    const runSession = async (): Promise<void> => {
      const { token, sessionId } = await service.api.signIn();
      // How long a turn takes beside the other sessions' races: takeovers fall before, into and after turns.
      let turnMs = 100;
      for (let round = 0; round < RACES / RACING_SESSIONS; round += 1) {
        const send = async (): Promise<void> => {
          await random(turnMs / 2);
          const begun = performance.now();
          await (Math.random() < 0.5
            ? service.api.send(token, 'Hello')
            : EventReader.open(service.url, token).then((stream) => stream.toEnd()));
          turnMs = 0.8 * turnMs + 0.2 * (performance.now() - begun);
        };
        const sends = [send(), send(), send()];
        await random(3 * turnMs);
        expect(await takeOver(sessionId)).toBe('done');
        sends.push(send());
        await Promise.all(sends);
        wrong.push(
          ...(await service.database.query(
            `SELECT r.sequence, u.outcome, r.content, s.operator_from_sequence
               FROM sessions s
               JOIN chat_messages r ON r.session_id = s.id AND r.message_type = 'assistant'
                AND r.sequence >= s.operator_from_sequence
               JOIN chat_messages u ON u.id = r.reply_to_id
              WHERE s.id = $1 AND (u.outcome <> 'operator' OR r.model IS NOT NULL OR r.content <> $2)`,
            [sessionId, NOTICE],
          )),
        );
        await handBack(sessionId);
        races += 1;
      }
    };
    await Promise.all(Array.from({ length: RACING_SESSIONS }, runSession));
    expect(races).toBe(RACES);
    expect(wrong).toEqual([]);
    const outcomes = await service.database.query<{ outcome: string; turns: number }>(
      `SELECT outcome, count(*)::integer AS turns FROM chat_messages WHERE message_type = 'user' GROUP BY 1`,
    );
    // Both sides won races; nothing was left behind.
    const byOutcome = Object.fromEntries(outcomes.map(({ outcome, turns }) => [outcome, turns]));
    expect(byOutcome['answered']).toBeGreaterThan(RACES / 10);
    expect(byOutcome['operator']).toBeGreaterThan(RACES / 10);
    expect(byOutcome['pending']).toBeUndefined();
    expect(await service.database.query('SELECT * FROM turn_deltas')).toEqual([]);
  }, 600_000);

  describe('ending and blocking', () => {
    it('should end a session at once, with its streams', async () => {
      const { token, sessionId } = await service.api.signIn();
      model.respondWith(answer('one two three four five six', { deltaDelayMs: 300 }));
      const stream = await EventReader.open(service.url, token);
      await stream.until(({ data }) => data.type === 'delta');
      expect(await desk.end(sessionId, 'end-1')).toBe('done');
      await stream.toEnd();
      expect(stream.last.data).toMatchObject({ type: 'error', code: 'session_ended' });
      const { status, body } = await service.api.history(token);
      expect([status, (body as unknown as { code: string }).code]).toEqual([401, 'session_ended']);
      expect(await desk.end(sessionId, 'end-1')).toBe('repeated');
      expect(await desk.end(sessionId, 'end-2')).toBe('session_ended');
    });

    it('should refuse a blocked address new sessions for as long as it was said', async () => {
      const email = 'blocked@example.com';
      const { token, sessionId } = await service.api.signIn(email);
      expect(await desk.block(sessionId, 'block-1', HOUR_MS)).toBe('done');
      expect((await service.api.history(token)).status).toBe(401);
      const refused = await service.api.call('POST', '/auth/email', { body: { email } });
      expect([refused.status, refused.body['code']]).toEqual([403, 'visitor_blocked']);
      await service.api.signIn('another@example.com');
      await service.database.query(`UPDATE blocked_visitors SET blocked_until = now()`);
      await service.api.signIn(email);
    });

    it('should not shorten a block by a shorter one', async () => {
      const email = 'twice@example.com';
      const first = await service.api.signIn(email);
      const second = await service.api.signIn(email);
      await desk.block(first.sessionId, 'block-2', 2 * HOUR_MS);
      await desk.block(second.sessionId, 'block-3', HOUR_MS);
      expect(
        await service.database.query(
          `SELECT b.blocked_until > now() + interval '100 minutes' AS is_long FROM blocked_visitors b
             JOIN sessions s USING (email_hash) WHERE s.id = $1`,
          [first.sessionId],
        ),
      ).toEqual([{ is_long: true }]);
    });
  });
});
