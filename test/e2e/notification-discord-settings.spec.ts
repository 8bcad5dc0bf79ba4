import { answer, status } from '../support/model-server/model-script.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { noFaults, unavailable } from '../support/discord-server/discord-faults.js';
import { DiscordServer } from '../support/discord-server/discord-server.js';
import type { Channel, Embed } from '../support/discord-server/discord-state.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

describe('Discord, as it is set', () => {
  let model: ModelServer;
  let discord: DiscordServer;
  let database: TestDatabase;
  let service: TestService | undefined;

  beforeEach(async () => {
    [model, discord, database] = await Promise.all([
      ModelServer.start(),
      DiscordServer.start(),
      createTestDatabase(),
    ]);
  });

  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await Promise.all([discord.close(), model.close()]);
    await database.drop();
  });

  const start = async (settings: Record<string, string> = {}): Promise<TestService> => {
    await service?.stop();
    service = await startTestService({
      database,
      settings: {
        ...discord.settings,
        NOTIFICATION_LOG_ENABLED: 'false',
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        TRUST_PROXY: '1',
        ...settings,
      },
    });
    return service;
  };
  const threadOf = (sessionId: string): Channel | undefined =>
    discord.state.threads.find(({ name }) => name === `Session ${sessionId.slice(0, 8)}`);
  const shown = (sessionId: string, count: number): Promise<Embed[]> =>
    until(() => {
      const messages = threadOf(sessionId)?.messages ?? [];
      return messages.length >= count ? messages.map(({ embeds: [embed] = [] }) => embed ?? {}) : undefined;
    });
  const left = (): Promise<{ fact: string; failure: string | null }[]> =>
    database.query('SELECT fact, failure FROM notifications ORDER BY id');
  const everythingTold = (): Promise<true> =>
    until(async () => ((await left()).length === 0 ? true : undefined));

  it('should show personal data to an operator who asks for it', async () => {
    const { api } = await start({ DISCORD_SHOW_PERSONAL_DATA: 'true' });
    const { sessionId } = await api.signIn('alice@example.com', { 'x-forwarded-for': '2001:db8:1:2::3' });
    await until(() => threadOf(sessionId));
    expect(discord.state.channel.messages[0]?.embeds?.[0]?.fields).toMatchObject([
      { name: 'Visitor', value: '`alice@example.com`' },
      { name: 'Address', value: '`2001:db8:1:2::3`' },
    ]);
    await everythingTold();
  });

  it('should leave out messages and replies where the operator wants no texts', async () => {
    const { api } = await start({ DISCORD_NOTIFY_MESSAGES: 'false' });
    const { token, sessionId } = await api.signIn();
    await api.send(token, 'a private message');
    await api.send(token, "1' OR '1'='1' UNION SELECT password FROM users --");
    await api.call('DELETE', '/auth/session', { token });
    const embeds = await shown(sessionId, 2);
    expect(embeds.map(({ title }) => title)).toEqual(['🛑 Message blocked', 'Session ended']);
    expect(JSON.stringify(discord.calls)).not.toMatch(/private message|UNION/);
  });

  it('should open a thread for a session that is older than the connection to Discord', async () => {
    const before = await start({ DISCORD_ENABLED: 'false' });
    const { token, sessionId } = await before.api.signIn();
    const { api } = await start();
    await api.send(token, 'Hello again');
    expect((await shown(sessionId, 1))[0]?.description).toContain('Hello again');
  });

  it('should show that no model could answer, and cut what is long', async () => {
    model.respondWith(status(500));
    const { api } = await start();
    const { token, sessionId } = await api.signIn();
    expect((await api.send(token, 'Hello')).body.outcome).toBe('fallback');
    model.respondWith(answer('x'.repeat(3_000)));
    await api.send(token, 'Say much');
    const [, failed, , long] = await shown(sessionId, 4);
    expect(failed?.fields?.[0]).toMatchObject({ name: 'Outcome', value: '`fallback`' });
    expect(long?.description).toBe(`\`\`\`\n${'x'.repeat(999)}…\n\`\`\``);
  });

  it('should fail what belongs to a locked thread, and leave the lock alone', async () => {
    const { api } = await start({ DISCORD_NOTIFY_MESSAGES: 'false' });
    const { token, sessionId } = await api.signIn();
    const thread = await until(() => threadOf(sessionId));
    thread.isLocked = true;
    await api.call('DELETE', '/auth/session', { token });
    await until(async () => ((await left())[0]?.failure === null ? undefined : true));
    expect(await left()).toEqual([
      { fact: 'SessionEnded', failure: 'its thread is locked on Discord; unlock it' },
    ]);
    expect(thread.isLocked).toBe(true);
  });

  it('should wait with everything while the channel is deleted, and say so once', async () => {
    const { api, logs } = await start();
    const { token, sessionId } = await api.signIn();
    await until(() => threadOf(sessionId));
    await everythingTold();
    const { channel } = discord.state;
    discord.state.channels.clear();
    await api.send(token, 'into nothing');
    const other = await api.signIn();
    const complaints = (): unknown[] => logs.filter(({ msg }) => String(msg).includes('DISCORD_CHANNEL_ID'));
    await until(() => (complaints().length > 0 ? true : undefined));
    expect(await left()).toMatchObject([
      { fact: 'MessageReceived', failure: null },
      { fact: 'ReplyCompleted', failure: null },
      { fact: 'SessionStarted', failure: null },
    ]);
    discord.state.channels.set(channel.id, channel);
    await shown(sessionId, 2);
    await until(() => threadOf(other.sessionId));
    await everythingTold();
    expect(complaints()).toHaveLength(1);
  });

  it('should end at once while deliveries wait for Discord, and deliver them after the next start', async () => {
    discord.faults = () => unavailable(503);
    const { api, logs } = await start();
    const { sessionId } = await api.signIn();
    await until(() => (logs.some(({ msg }) => msg === 'Discord answers 503') ? true : undefined));
    const stopped = start();
    discord.faults = noFaults;
    await stopped;
    await until(() => threadOf(sessionId));
    await everythingTold();
  });
});
