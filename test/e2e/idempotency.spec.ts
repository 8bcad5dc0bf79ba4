import { Gate } from '../support/gate.js';
import { answer, echo } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

describe('The Idempotency-Key', () => {
  let model: ModelServer;
  let service: TestService;
  let token: string;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: { AI_MODELS: 'compatible:test', COMPATIBLE_BASE_URL: model.url },
    });
  });

  beforeEach(async () => {
    model.respondWith(echo());
    ({ token } = await service.api.signIn());
  });

  afterAll(async () => {
    await service.stop();
    await model.close();
  });

  const expireLeases = (): Promise<unknown> =>
    service.database.query(
      `UPDATE chat_messages SET lease_expires_at = now() - interval '1 second' WHERE outcome = 'pending'`,
    );

  it('should replay a finished turn: same status, same body, no second model call', async () => {
    const first = await service.api.send(token, 'only once', 'key-1');
    const again = await service.api.send(token, 'only once', 'key-1');
    expect(first.headers.has('idempotent-replayed')).toBe(false);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(model.callsFor('only once')).toBe(1);
    expect((await service.api.history(token)).body.total).toBe(1);
  });

  it('should take quoted and bare spellings for one key', async () => {
    const bare = await service.api.send(token, 'spelled', 'a"b\\c');
    const quoted = await service.api.send(token, 'spelled', '"a\\"b\\\\c"');
    expect(quoted.body.message_id).toBe(bare.body.message_id);
  });

  it('should refuse the same key with another message and leave the first turn as it is', async () => {
    await service.api.send(token, 'one thing', 'key-2');
    const other = await service.api.send(token, 'another thing', 'key-2');
    expect([other.status, other.body]).toMatchObject([422, { code: 'idempotency_key_reused' }]);
    expect((await service.api.wholeHistory(token)).map(({ message }) => message)).toEqual(['one thing']);
  });

  it('should keep the keys of two sessions apart', async () => {
    const stranger = await service.api.signIn('stranger@example.com');
    const mine = await service.api.send(token, 'mine', 'shared-key');
    const theirs = await service.api.send(stranger.token, 'theirs', 'shared-key');
    expect([mine.body.response, theirs.body.response]).toEqual(['echo: mine', 'echo: theirs']);
  });

  it('should let twins wait for the running turn and give all of them the same reply', async () => {
    const gate = new Gate();
    model.respondWith(echo({ heldUntil: gate.opened }));
    const arrived = model.nextRequest();
    const twins = Array.from({ length: 5 }, () => service.api.send(token, 'twins', 'key-3'));
    await arrived;
    gate.open();
    const answers = await Promise.all(twins);
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.reply_id}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1);
    expect(model.callsFor('twins')).toBe(1);
  });

  it('should answer 409 with Retry-After when the running turn takes longer than a twin waits', async () => {
    const gate = new Gate();
    model.respondWith(echo({ heldUntil: gate.opened }));
    const arrived = model.nextRequest();
    const first = service.api.send(token, 'slow', 'key-4');
    await arrived;
    const twin = await service.api.send(token, 'slow', 'key-4');
    expect([twin.status, twin.body]).toMatchObject([409, { code: 'turn_in_progress' }]);
    expect(twin.headers.get('retry-after')).toBe('1');
    const { body: pending } = await service.api.history(token);
    expect(pending.messages).toMatchObject([
      { message: 'slow', response: '', outcome: 'pending', responded_at: null },
    ]);
    gate.open();
    expect((await first).body.response).toBe('echo: slow');
    expect(model.callsFor('slow')).toBe(1);
  });

  it('should show a turn whose process died as interrupted, and answer it once when it is sent again', async () => {
    const gate = new Gate();
    model.respondWith(echo({ heldUntil: gate.opened }));
    const arrived = model.nextRequest();
    const first = service.api.send(token, 'orphan', 'key-5');
    await arrived;
    await expireLeases();
    expect((await service.api.wholeHistory(token)).map(({ outcome }) => outcome)).toEqual(['interrupted']);

    model.respondWith(answer('second attempt'));
    const retried = await service.api.send(token, 'orphan', 'key-5');
    expect(retried.body).toMatchObject({ response: 'second attempt', outcome: 'answered' });

    // The first attempt was not dead, only slow: what it brings home must not replace or double the reply.
    gate.open();
    expect((await first).body).toEqual(retried.body);
    expect(await service.api.wholeHistory(token)).toMatchObject([
      { message: 'orphan', response: 'second attempt' },
    ]);
    const replies = await service.database.query('SELECT 1 FROM chat_messages WHERE reply_to_id = $1', [
      retried.body.message_id,
    ]);
    expect(replies).toHaveLength(1);
  });

  it('should store nothing for a request that was refused, so that its key is still new', async () => {
    await service.api.call('POST', '/chat', {
      token,
      body: { message: '' },
      headers: { 'idempotency-key': 'key-6' },
    });
    const later = await service.api.send(token, 'now it is right', 'key-6');
    expect(later.body.response).toBe('echo: now it is right');
  });

  it('should not replay to a session that has ended', async () => {
    await service.api.send(token, 'private', 'key-7');
    await service.api.call('DELETE', '/auth/session', { token });
    const replay = await service.api.send(token, 'private', 'key-7');
    expect([replay.status, replay.body]).toMatchObject([401, { code: 'session_ended' }]);
  });

  it('should finish and store a turn whose client has gone away', async () => {
    const gate = new Gate();
    model.respondWith(echo({ heldUntil: gate.opened }));
    const arrived = model.nextRequest();
    const leaving = new AbortController();
    const abandoned = fetch(`${service.url}/chat`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'idempotency-key': 'key-8',
      },
      body: JSON.stringify({ message: 'bye' }),
      signal: leaving.signal,
    });
    await arrived;
    leaving.abort();
    await expect(abandoned).rejects.toThrow();
    gate.open();
    const replay = await service.api.send(token, 'bye', 'key-8');
    expect(replay.body.response).toBe('echo: bye');
    expect(model.callsFor('bye')).toBe(1);
  });
});
