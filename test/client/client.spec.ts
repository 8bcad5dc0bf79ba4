import { ParleyClient } from '../../packages/client/src/parley-client.js';
import { ParleyProblem, ParleyUnreachable } from '../../packages/client/src/problem.js';
import type { RetryNotice } from '../../packages/client/src/retry.js';
import type { ClientOptions } from '../../packages/client/src/transport.js';
import { collect } from '../support/collect.js';
import { FaultyProxy, loseAnswer, problem } from '../support/faulty-proxy.js';
import { Gate } from '../support/gate.js';
import { answer } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';

describe('The client', () => {
  let model: ModelServer;
  let service: TestService;
  let proxy: FaultyProxy;

  beforeAll(async () => {
    model = await ModelServer.start();
    service = await startTestService({
      settings: { AI_MODELS: 'compatible:test', COMPATIBLE_BASE_URL: model.url },
    });
    proxy = await FaultyProxy.start(service.url);
  });

  beforeEach(() => {
    model.respondWith(answer('Good morning'));
    proxy.seen.length = 0;
  });

  afterAll(async () => {
    await proxy.close();
    await service.stop();
    await model.close();
  });

  const clientOf = (options: ClientOptions = {}): ParleyClient =>
    new ParleyClient({ baseUrl: proxy.url, retry: { firstDelayMs: 1 }, ...options });
  const signedIn = async (options: ClientOptions = {}): Promise<ParleyClient> => {
    const client = clientOf(options);
    await client.signIn('visitor@example.com');
    return client;
  };
  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('should hold a conversation from signing in to signing out', async () => {
    const client = await signedIn();
    const reply = await client.send('Hello');
    expect(reply).toMatchObject({ success: true, response: 'Good morning', outcome: 'answered' });
    expect(await client.session()).toMatchObject({ messages_used: 1 });
    expect(await client.message(reply.message_id)).toMatchObject({ message: 'Hello' });
    await client.signOut();
    expect(client.token).toBeUndefined();
    expect(await failureOf(client.session())).toMatchObject({ code: 'missing_token', status: 401 });
  });

  it('should tell what is wrong by code, fields and request', async () => {
    const error = (await failureOf(clientOf().signIn('nobody'))) as ParleyProblem;
    expect(error).toBeInstanceOf(ParleyProblem);
    expect(error).toMatchObject({ code: 'validation_failed', status: 400 });
    expect(error.errors.map(({ field }) => field)).toEqual(['email']);
    expect(error.requestId).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['an answer that is lost', loseAnswer],
    ['a connection that breaks', (_request: unknown, response: { destroy(): void }) => response.destroy()],
    ['too many requests', problem(429, 'rate_limited', 0)],
    ['a service that is not there', problem(503, 'service_unavailable', 0)],
    ['a twin that is still running', problem(409, 'turn_in_progress', 0)],
    [
      'something in between that finds no service',
      (_request: unknown, response: { writeHead(status: number): { end(text: string): void } }) =>
        response.writeHead(502).end('<html>Bad gateway</html>'),
    ],
  ] as const)('should send again after %s, and be answered once', async (_what, fault) => {
    const client = await signedIn();
    const calls = model.requests.length;
    proxy.next(fault, problem(503, 'service_unavailable'));
    expect((await client.send('Hello')).response).toBe('Good morning');
    const keys = proxy.seen.slice(1).map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(model.requests).toHaveLength(calls + 1);
    const [page] = await collect(client.history());
    expect(page?.total).toBe(1);
  });

  it('should wait as long as it is asked to, and say so', async () => {
    const notices: RetryNotice[] = [];
    const client = await signedIn({ onRetry: (notice) => notices.push(notice) });
    proxy.next(problem(429, 'rate_limited', 1));
    await client.send('Hello');
    expect(notices.map(({ attempt }) => attempt)).toEqual([1]);
    expect(notices[0]!.error).toMatchObject({ code: 'rate_limited' });
    expect(notices[0]!.delayMs).toBeGreaterThanOrEqual(1_000);
  });

  it('should give up when it is asked to wait for too long, or too often', async () => {
    const client = await signedIn({ retry: { firstDelayMs: 1, attempts: 3, longestRetryAfterMs: 5_000 } });
    proxy.next(problem(429, 'rate_limited', 6));
    expect(await failureOf(client.send('Hello'))).toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 6_000,
    });
    proxy.seen.length = 0;
    proxy.next(...Array.from({ length: 3 }, () => problem(503, 'service_unavailable')));
    expect(await failureOf(client.send('Hello'))).toMatchObject({ code: 'service_unavailable' });
    expect(proxy.seen).toHaveLength(3);
  });

  it('should not send again what is refused for good', async () => {
    const client = await signedIn();
    proxy.next(problem(429, 'message_limit_reached'));
    expect(await failureOf(client.send('Hello'))).toMatchObject({ code: 'message_limit_reached' });
    expect(await failureOf(client.send(''))).toMatchObject({ code: 'validation_failed' });
    expect(proxy.seen).toHaveLength(3);
  });

  it('should not sign in twice because an answer was lost', async () => {
    proxy.next(loseAnswer);
    expect(await failureOf(clientOf().signIn('visitor@example.com'))).toBeInstanceOf(ParleyUnreachable);
    expect(proxy.seen).toHaveLength(1);
  });

  it('should have signed out although the answer was lost', async () => {
    const client = await signedIn({ renewToken: () => Promise.reject(new Error('not to be asked')) });
    proxy.next(loseAnswer);
    await client.signOut();
    expect(client.token).toBeUndefined();
  });

  it('should read the conversation back in pages, the newest first', async () => {
    const client = await signedIn();
    for (const message of ['1', '2', '3', '4', '5']) {
      await client.send(message);
    }
    const pages = await collect(client.history({ limit: 2 }));
    expect(pages.map(({ messages }) => messages.map(({ message }) => message))).toEqual([
      ['4', '5'],
      ['2', '3'],
      ['1'],
    ]);
  });

  it('should erase the conversation and keep the session', async () => {
    const client = await signedIn();
    await client.send('Hello');
    await client.eraseHistory();
    expect(await collect(client.history())).toEqual([expect.objectContaining({ messages: [], total: 0 })]);
    expect((await client.send('Hello again')).outcome).toBe('answered');
  });

  it('should stop everything when it is told to: a call, a pause, a list', async () => {
    const client = await signedIn();
    const gate = new Gate();
    model.respondWith(answer('Late', { heldUntil: gate.opened }));
    const controller = new AbortController();
    const asked = model.nextRequest();
    const sending = failureOf(client.send('Hello', { signal: controller.signal }));
    await asked;
    controller.abort(new Error('enough'));
    expect(await sending).toEqual(new Error('enough'));
    gate.open();

    const patient = await signedIn({ onRetry: () => pause.abort(new Error('no waiting')) });
    const pause = new AbortController();
    proxy.next(problem(429, 'rate_limited', 30));
    expect(await failureOf(patient.send('Hello', { signal: pause.signal }))).toEqual(new Error('no waiting'));
    const aborted = AbortSignal.abort(new Error('before'));
    expect(await failureOf(collect(client.history({ signal: aborted })))).toEqual(new Error('before'));
  });

  it('should give up an attempt that gets no answer, and make another', async () => {
    const client = await signedIn({ timeoutMs: 300 });
    proxy.next(() => undefined);
    expect((await client.send('Hello')).outcome).toBe('answered');
  });

  describe('when the token is no longer taken', () => {
    it('should ask for another one, once for all calls, and go on', async () => {
      let renewals = 0;
      const renewToken = async ({ code }: ParleyProblem): Promise<string> => {
        expect(code).toBe('session_ended');
        renewals += 1;
        return (await service.api.signIn()).token;
      };
      const client = await signedIn({ renewToken });
      const refused = client.token!;
      await service.api.call('DELETE', '/auth/session', { token: refused });
      const [first, second] = await Promise.all([client.send('Hello'), client.send('Hello again')]);
      expect([first.outcome, second.outcome]).toEqual(['answered', 'answered']);
      expect(renewals).toBe(1);
      expect(client.token).not.toBe(refused);
    });

    it('should leave the problem to the caller where there is no other', async () => {
      const client = await signedIn({ renewToken: () => Promise.resolve(undefined) });
      await service.api.call('DELETE', '/auth/session', { token: client.token! });
      expect(await failureOf(client.send('Hello'))).toMatchObject({ code: 'session_ended' });
    });

    it('should not ask for ever for tokens that are not taken', async () => {
      let renewals = 0;
      const client = clientOf({ token: 'x', renewToken: () => Promise.resolve(`x${(renewals += 1)}`) });
      expect(await failureOf(client.send('Hello'))).toMatchObject({ code: 'invalid_token' });
      expect(renewals).toBe(1);
    });
  });
});
