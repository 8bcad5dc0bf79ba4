import { Logger } from '@nestjs/common';
import { Metrics } from '../../src/common/metrics/metrics.js';
import { Database } from '../../src/database/database.js';
import { ChannelGate } from '../../src/notification/delivery/channel-gate.js';
import { DeliverNotificationsJob } from '../../src/notification/delivery/deliver-notifications.job.js';
import { ChannelUnavailable, DeliveryPostponed } from '../../src/notification/delivery/delivery-errors.js';
import { NotificationOutbox } from '../../src/notification/delivery/notification-outbox.js';
import { OperatorNotices } from '../../src/notification/delivery/operator-notices.js';
import type { Notification, NotificationChannel } from '../../src/notification/notification.js';
import { startTestService, type TestService } from '../support/test-service.js';

/** A channel of the test's own. */
class ScriptedChannel implements NotificationChannel {
  readonly name = 'scripted';
  readonly notices = new OperatorNotices(this.name);
  readonly told: Notification[] = [];
  fails: (notification: Notification) => Error | undefined = () => undefined;

  wants = (): boolean => true;
  describeVisitor = (): undefined => undefined;

  deliver(notification: Notification): Promise<void> {
    const error = this.fails(notification);
    this.told.push(notification);
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  }
}

describe('DeliverNotificationsJob', () => {
  let service: TestService;
  let outbox: NotificationOutbox;

  beforeAll(async () => {
    service = await startTestService({ settings: { NOTIFICATION_LOG_ENABLED: 'false' } });
    outbox = new NotificationOutbox(service.app.get(Database));
    Logger.overrideLogger(false);
  });

  afterAll(() => service.stop());

  const queue = async (sessionId: string, count: number, attempts = 0): Promise<void> => {
    await service.database.query(
      `INSERT INTO notifications (session_id, channel, fact, attempts)
       SELECT $1, 'scripted', 'SessionEnded', $3 FROM generate_series(1, $2)`,
      [sessionId, count, attempts],
    );
  };
  const left = async (sessionId: string): Promise<readonly Notification[]> =>
    (await outbox.next('scripted', sessionId)).notifications;
  const mayTryAgain = (sessionId: string): Promise<unknown[]> =>
    service.database.query('UPDATE notifications SET not_before = NULL WHERE session_id = $1', [sessionId]);
  const run = (channel: ScriptedChannel, sessionId: string, isRetried = false): Promise<unknown> =>
    new DeliverNotificationsJob(channel, outbox, new Metrics()).handle(
      { sessionId },
      { isRetried, signal: new AbortController().signal },
    );

  it('should tell everything in order, more than it reads at once, and only the first as uncertain', async () => {
    const { sessionId } = await service.api.signIn();
    await queue(sessionId, 25);
    const channel = new ScriptedChannel();
    await expect(run(channel, sessionId, true)).resolves.toBeUndefined();
    const ids = channel.told.map(({ id }) => BigInt(id));
    expect(ids).toHaveLength(25);
    expect(ids.every((id, index) => index === 0 || id > ids[index - 1]!)).toBe(true);
    expect(channel.told.map(({ mayBeDelivered }) => mayBeDelivered)).toEqual([
      true,
      ...Array<boolean>(24).fill(false),
    ]);
    expect(await left(sessionId)).toEqual([]);
  });

  it('should come back later with what failed, and tell nothing before it', async () => {
    const { sessionId } = await service.api.signIn();
    await queue(sessionId, 2);
    const channel = new ScriptedChannel();
    channel.fails = () => new Error('unforeseen');
    await expect(run(channel, sessionId)).resolves.toEqual({ againAfterMs: expect.any(Number) as number });
    expect(channel.told).toHaveLength(1);
    expect((await left(sessionId)).map(({ mayBeDelivered }) => mayBeDelivered)).toEqual([true, false]);
  });

  it('should not be hurried by more news, nor forget what waits when its process has died', async () => {
    const { sessionId } = await service.api.signIn();
    await queue(sessionId, 1);
    const channel = new ScriptedChannel();
    channel.fails = () => new DeliveryPostponed(3_600_000, 'session');
    await expect(run(channel, sessionId)).resolves.toEqual({ againAfterMs: 3_600_000 });
    await queue(sessionId, 1);
    await expect(run(channel, sessionId)).resolves.toBeUndefined();
    await expect(run(channel, sessionId, true)).resolves.toEqual({
      againAfterMs: expect.any(Number) as number,
    });
    expect(channel.told).toHaveLength(1);
    channel.fails = () => undefined;
    await mayTryAgain(sessionId);
    await expect(run(channel, sessionId)).resolves.toBeUndefined();
    expect(channel.told).toHaveLength(3);
  });

  it('should give up after many attempts that nobody foresaw, but never for an outage', async () => {
    const { sessionId } = await service.api.signIn();
    await queue(sessionId, 1, 49);
    const channel = new ScriptedChannel();
    channel.fails = () => new ChannelUnavailable('away', 'outage');
    await expect(run(channel, sessionId)).resolves.toMatchObject({});
    expect(await left(sessionId)).toHaveLength(1);
    await mayTryAgain(sessionId);
    channel.fails = () => new Error('unforeseen');
    await expect(run(channel, sessionId)).resolves.toBeUndefined();
    const [row] = await service.database.query('SELECT failure FROM notifications WHERE session_id = $1', [
      sessionId,
    ]);
    expect(row).toEqual({ failure: 'still failing after 51 attempts' });
  });
});

describe('ChannelGate', () => {
  it('should let nobody through once it is stopped while it is closed', async () => {
    const gate = new ChannelGate(new OperatorNotices('scripted'));
    await expect(gate.pass()).resolves.toBe(true);
    gate.closeFor(3_600_000);
    const waiting = gate.pass();
    gate.stop();
    await expect(waiting).resolves.toBe(false);
  });

  it('should let one through at a time while there is trouble, and all at once when it is over', async () => {
    const gate = new ChannelGate(new OperatorNotices('scripted'));
    gate.close(new ChannelUnavailable('away', 'outage'));
    const passed: number[] = [];
    const all = [1, 2, 3].map((number) => gate.pass().then(() => passed.push(number)));
    await Promise.race(all);
    expect(passed).toHaveLength(1);
    gate.open();
    await Promise.all(all);
    expect(passed).toHaveLength(3);
  });
});
