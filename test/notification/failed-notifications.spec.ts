import { FailedNotifications } from '../../src/notification/delivery/failed-notifications.js';
import { apiError, noFaults } from '../support/discord-server/discord-faults.js';
import { DiscordServer } from '../support/discord-server/discord-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

describe('Notifications that were not delivered', () => {
  let discord: DiscordServer;
  let service: TestService;
  let notifications: FailedNotifications;

  beforeAll(async () => {
    discord = await DiscordServer.start();
    service = await startTestService({
      settings: { ...discord.settings, NOTIFICATION_LOG_ENABLED: 'false', AI_MODELS: 'offline' },
    });
    notifications = await FailedNotifications.open(service.database.connection);
  });

  afterAll(async () => {
    await notifications.close();
    await service.stop();
    await discord.close();
  });

  /** Runs the command line on the service's database, and returns what it says. */
  const run = async (...args: string[]): Promise<string> => {
    const command = ServiceProcess.command('notification/notifications.cli.js', args, {
      DATABASE_URL: service.database.url,
    });
    const { code } = await command.exited;
    return `${code}: ${command.output.trim()}`;
  };

  const failOne = async (): Promise<string> => {
    const { token, sessionId } = await service.api.signIn();
    const thread = await until(() =>
      discord.state.threads.find(({ name }) => name.includes(sessionId.slice(0, 8))),
    );
    // Not the reply, which repeats what it is about.
    discord.faults = ({ body }) =>
      /👤.*refuse me/.test(JSON.stringify(body ?? '')) ? apiError(400, 50035) : undefined;
    await service.api.send(token, 'refuse me');
    await until(async () =>
      (await notifications.count()).some(({ failure }) => failure) ? true : undefined,
    );
    discord.faults = noFaults;
    return thread.id;
  };

  it('should be counted, and told when the command asks for it', async () => {
    expect(await run('failed')).toBe('0: Everything has been delivered.');
    const threadId = await failOne();
    expect(await run('failed')).toContain('discord: 1 failed: Discord refuses it (400, code 50035)');
    expect(await run('retry', 'discord')).toMatch(/^0: \d+ that had failed will be tried again\.$/);
    const messages = discord.state.channels.get(threadId)?.messages ?? [];
    await until(() =>
      messages.some(({ embeds }) => embeds?.[0]?.description?.includes('refuse me')) ? true : undefined,
    );
    await until(async () => ((await notifications.count()).length === 0 ? true : undefined));
  });

  it('should be told although the queue has given their job up', async () => {
    const { sessionId } = await service.api.signIn();
    await until(async () => ((await notifications.count()).length === 0 ? true : undefined));
    await service.database.query(
      `INSERT INTO notifications (session_id, channel, fact, details) VALUES ($1, 'discord', 'SessionEnded', '{}')`,
      [sessionId],
    );
    await service.database.query(
      `INSERT INTO pgboss.job (name, data, singleton_key, policy, state)
       VALUES ('notification.discord', '{}', $1, 'key_strict_fifo', 'failed')`,
      [sessionId],
    );
    expect(await notifications.count()).toEqual([{ channel: 'discord', failure: undefined, count: 1 }]);
    expect(await notifications.retry()).toBe(0);
    await until(async () => ((await notifications.count()).length === 0 ? true : undefined));
  });

  it('should be forgotten with a channel that is no longer in use', async () => {
    const { sessionId } = await service.api.signIn();
    await service.database.query(
      `INSERT INTO notifications (session_id, channel, fact) VALUES ($1, 'webhook-00000000', 'SessionStarted')`,
      [sessionId],
    );
    expect(await run('discard', 'webhook-00000000')).toBe('0: 1 forgotten.');
    expect((await notifications.count()).filter(({ channel }) => channel.startsWith('webhook'))).toEqual([]);
  });

  it.each([[], ['discard'], ['everything']])(
    'should explain the command when it is called with %j',
    async (...args) => {
      expect(await run(...args)).toMatch(/^64: Usage: npm run notifications -- failed/);
    },
  );

  it('should go with their session', async () => {
    const { sessionId } = await service.api.signIn();
    await until(async () => ((await notifications.count()).length === 0 ? true : undefined));
    await service.database.query(
      `INSERT INTO notifications (session_id, channel, fact) VALUES ($1, 'discord', 'SessionEnded')`,
      [sessionId],
    );
    await service.database.query('DELETE FROM sessions WHERE id = $1', [sessionId]);
    expect(await notifications.count()).toEqual([]);
  });
});
