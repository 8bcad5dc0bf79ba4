import { Logger } from '@nestjs/common';
import { GatewayHolder } from '../../src/notification/channels/discord/gateway-holder.js';
import { OperatorNotices } from '../../src/notification/delivery/operator-notices.js';
import { DiscordServer } from '../support/discord-server/discord-server.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const MESSAGE_CONTENT = 1 << 15;

describe('The Discord gateway', () => {
  let discord: DiscordServer;
  let database: TestDatabase;
  let holder: GatewayHolder;
  /** What the operator was told to act on. */
  const said: string[] = [];

  beforeAll(() => {
    const keep = ({ msg }: { msg: string }): void => void said.push(msg);
    Logger.overrideLogger({ log: () => undefined, warn: keep, error: keep });
  });

  const start = (): void => {
    const { DISCORD_API_URL: apiUrl = '', DISCORD_BOT_TOKEN: botToken = '' } = discord.settings;
    holder = new GatewayHolder(
      { apiUrl, botToken, readsMessages: true },
      database.connection,
      new OperatorNotices('discord'),
    );
    holder.start();
  };
  const connected = (): Promise<true> => until(() => (holder.isConnected ? true : undefined));

  beforeEach(async () => {
    [discord, database] = await Promise.all([DiscordServer.start(), createTestDatabase()]);
  });

  afterEach(async () => {
    await holder.stop();
    await discord.close();
    await database.drop();
  });

  it('should log in once, tell listeners what happens, and bear one that throws', async () => {
    start();
    const heard: string[] = [];
    holder.on('MESSAGE_CREATE', () => Promise.reject(new Error('a fault of the listener')));
    holder.on('MESSAGE_CREATE', ({ content }) => void heard.push(content));
    await connected();
    expect(discord.gateway.identified).toEqual([{ intents: expect.any(Number) as number }]);
    discord.gateway.dispatch('MESSAGE_CREATE', { id: '1', channel_id: '2', content: 'from an operator' });
    await until(() => (heard.length === 1 ? true : undefined));
    expect(heard).toEqual(['from an operator']);
  });

  it('should leave the gateway to whoever has the lock, and take over when that one ends', async () => {
    start();
    await connected();
    const first = holder;
    start();
    const second = holder;
    await first.stop();
    await connected();
    expect([first.isConnected, second.isConnected]).toEqual([false, true]);
    expect(discord.gateway.clients).toBe(1);
  });

  it('should let go of the gateway when the connection with the lock is lost, and come back', async () => {
    start();
    await connected();
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'parley-gateway-lock'`,
    );
    await until(() => (discord.gateway.identified.length === 2 ? true : undefined));
    await connected();
    expect(discord.gateway.clients).toBe(1);
  });

  it.each([
    ['a wrong token', (): void => void (discord.token = 'another token'), 'DISCORD_BOT_TOKEN'],
    [
      'an intent it may not use',
      (): void => void (discord.gateway.disallowedIntents = MESSAGE_CONTENT),
      'Message Content Intent',
    ],
  ])('should name the mend for %s, and connect once it is mended', async (_, spoil, mend) => {
    const { token } = discord;
    said.length = 0;
    spoil();
    start();
    await until(() => (said.length > 0 ? true : undefined));
    expect(said).toEqual([expect.stringContaining(mend)]);
    discord.token = token;
    discord.gateway.disallowedIntents = 0;
    await connected();
    expect(said).toHaveLength(1);
  });
});
