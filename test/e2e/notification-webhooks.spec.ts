import { randomBytes } from 'node:crypto';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';
import { WebhookReceiver, type ReceivedWebhook } from '../support/webhook-receiver.js';

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;

describe('Webhooks', () => {
  let one: WebhookReceiver;
  let other: WebhookReceiver;
  let service: TestService;

  beforeAll(async () => {
    [one, other] = await Promise.all([WebhookReceiver.start(SECRET), WebhookReceiver.start(SECRET)]);
    service = await startTestService({
      settings: {
        NOTIFICATION_LOG_ENABLED: 'false',
        WEBHOOK_URLS: `${one.url}, ${other.url}`,
        WEBHOOK_SECRET: SECRET,
        AI_MODELS: 'offline',
      },
    });
  });

  afterEach(() => {
    one.answer = () => ({ status: 204 });
  });

  afterAll(async () => {
    await service.stop();
    await Promise.all([one.close(), other.close()]);
  });

  const of = (receiver: WebhookReceiver, sessionId: string): ReceivedWebhook[] =>
    receiver.received.filter(({ body }) => body.data['session_id'] === sessionId);
  const typesAt = (receiver: WebhookReceiver, sessionId: string): string[] =>
    of(receiver, sessionId).map(({ body }) => body.type);
  const told = (receiver: WebhookReceiver, sessionId: string, count: number): Promise<ReceivedWebhook[]> =>
    until(() => {
      const found = of(receiver, sessionId);
      return found.length >= count ? found : undefined;
    });

  it('should sign each fact and tell it to every address, by ids alone', async () => {
    const { token, sessionId } = await service.api.signIn('visitor@example.com');
    const { body } = await service.api.send(token, 'a private message');
    await service.api.send(token, "1' OR '1'='1' UNION SELECT password FROM users --");
    await service.api.call('DELETE', '/auth/session', { token });
    for (const receiver of [one, other]) {
      const received = await told(receiver, sessionId, 6);
      expect(received.map(({ body: { type } }) => type)).toEqual([
        'session.started',
        'message.received',
        'reply.completed',
        'message.received',
        'message.blocked',
        'session.ended',
      ]);
      expect(received.every(({ isSigned }) => isSigned)).toBe(true);
      expect(new Set(received.map(({ id }) => id)).size).toBe(6);
      expect(received[2]?.body.data).toMatchObject({
        message_id: body.message_id,
        reply_id: body.reply_id,
        outcome: 'answered',
        duration_ms: expect.any(Number) as number,
      });
      expect(received[4]?.body.data['rule_ids']).not.toHaveLength(0);
      expect(received[5]?.body.data['reason']).toBe('signed_out');
      expect(JSON.stringify(received)).not.toMatch(/private|visitor@|127\.0\.0\.1\/32/);
    }
  });

  it('should try again with the same id, in order, and let the other address go on', async () => {
    const outcomes = [{ status: 500 }, { status: 429, headers: { 'retry-after': '1' } }, { status: 302 }];
    one.answer = () => outcomes.shift() ?? { status: 200 };
    const { token, sessionId } = await service.api.signIn();
    await service.api.send(token, 'Hello');
    await told(other, sessionId, 3);
    const received = await told(one, sessionId, 6);
    expect(new Set(received.slice(0, 4).map(({ id }) => id)).size).toBe(1);
    expect(received.every(({ isSigned }) => isSigned)).toBe(true);
    expect([...new Set(typesAt(one, sessionId))]).toEqual([
      'session.started',
      'message.received',
      'reply.completed',
    ]);
    expect(typesAt(other, sessionId)).toHaveLength(3);
  });

  it('should say how to mend an address that is gone, without naming it', async () => {
    one.answer = ({ body }) => ({ status: body.type === 'session.started' ? 410 : 200 });
    const { sessionId } = await service.api.signIn();
    await told(one, sessionId, 1);
    const line = await until(() =>
      service.logs.find(({ msg }) => String(msg).includes('take it out of WEBHOOK_URLS')),
    );
    expect(line['level']).toBe('error');
    expect(JSON.stringify(service.logs)).not.toContain('for=parley');
    one.answer = () => ({ status: 200 });
    await told(one, sessionId, 2);
  });
});
