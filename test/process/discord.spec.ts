import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ChannelLimits } from '../support/discord-server/discord-limits.js';
import { DiscordServer } from '../support/discord-server/discord-server.js';
import type { Channel } from '../support/discord-server/discord-state.js';
import { Gate } from '../support/gate.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const REPORTER = pathToFileURL(
  join(import.meta.dirname, '../support/discord-server/report-discord-modules.mjs'),
).href;
const SESSIONS = 12;
const MESSAGES = 3;

describe('Discord and processes', () => {
  let discord: DiscordServer;
  let database: TestDatabase;
  let settings: Record<string, string>;
  const services: ServiceProcess[] = [];

  beforeEach(async () => {
    [discord, database] = await Promise.all([DiscordServer.start(), createTestDatabase()]);
    settings = {
      DATABASE_URL: database.url,
      NOTIFICATION_LOG_ENABLED: 'false',
      AI_MODELS: 'offline',
      ...discord.settings,
    };
  });

  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.kill()));
    await discord.close();
    await database.drop();
  });

  const start = async (more: Record<string, string> = {}): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start({ ...settings, ...more });
    services.push(service);
    return service;
  };
  const threadOf = (sessionId: string): Channel | undefined =>
    discord.state.threads.find(({ name }) => name === `Session ${sessionId.slice(0, 8)}`);
  const footersOf = (sessionId: string): string[] =>
    (threadOf(sessionId)?.messages ?? []).map(({ embeds }) => embeds?.[0]?.footer?.text ?? '');
  const everythingTold = (): Promise<true> =>
    until(async () => ((await database.query('SELECT FROM notifications')).length === 0 ? true : undefined));
  /** What a thread shows of a conversation, in its order. */
  const expectedFooters = (turns: readonly { message_id: string; reply_id: string }[]): string[] =>
    turns.flatMap((turn) => [
      `message ${turn.message_id}`,
      `reply ${turn.reply_id} to message ${turn.message_id}`,
    ]);

  it('should not load the library while Discord is off', async () => {
    const options = { NODE_OPTIONS: `--import ${REPORTER}` };
    const off = await start({ ...options, DISCORD_ENABLED: 'false' });
    const { token } = await off.api.signIn();
    await off.api.send(token, 'Hello');
    expect(off.stdout).not.toContain('resolved ');
    // The reporter would have told.
    const on = await start(options);
    await on.saying(/resolved .*discord\.js/);
  }, 60_000);

  it.each([
    ['while Discord remembers the nonce', 300_000],
    ['when Discord has forgotten the nonce', 0],
  ])(
    'should neither lose nor double what was sent when its process was killed, %s',
    async (_, nonceWindowMs) => {
      discord.state.nonceWindowMs = nonceWindowMs;
      const first = await start();
      const { token, sessionId } = await first.api.signIn();
      await until(() => threadOf(sessionId));
      const isSent = new Gate();
      discord.faults = ({ method, path }) => {
        if (method !== 'POST' || path !== `/channels/${threadOf(sessionId)?.id}/messages`) {
          return undefined;
        }
        isSent.open();
        // Taken, and never answered.
        return { kind: 'hold-answer', until: new Promise(() => undefined) };
      };
      const { body } = await first.api.send(token, 'sent, but not marked');
      await isSent.opened;
      await until(() => (footersOf(sessionId).length === 1 ? true : undefined));
      await first.kill();
      discord.faults = () => undefined;
      await start();
      await everythingTold();
      expect(footersOf(sessionId)).toEqual(expectedFooters([body]));
    },
    90_000,
  );

  it('should open one thread for a session whose opening was cut off by a kill', async () => {
    discord.state.nonceWindowMs = 0;
    discord.faults = ({ path }) =>
      path.endsWith('/threads') ? { kind: 'hold-answer', until: new Promise(() => undefined) } : undefined;
    const first = await start();
    const { sessionId } = await first.api.signIn();
    await until(() => threadOf(sessionId));
    await first.kill();
    discord.faults = () => undefined;
    await start();
    await everythingTold();
    expect(discord.state.channel.messages).toHaveLength(1);
    expect(discord.state.threads).toHaveLength(1);
  }, 90_000);

  it('should hand the gateway over to another replica when its holder is killed', async () => {
    const holder = await start();
    await until(() => (discord.gateway.clients === 1 ? true : undefined));
    await start();
    await holder.kill();
    const killedAt = Date.now();
    await until(() => (discord.gateway.identified.length === 2 ? true : undefined));
    console.info(`another replica holds the gateway ${Date.now() - killedAt} ms after the kill`);
    expect(discord.gateway.clients).toBe(1);
  }, 60_000);

  it('should tell everything once and in order after an outage, from two replicas and within the limits', async () => {
    const replicas = [await start(), await start()];
    const sessions = await Promise.all(
      Array.from({ length: SESSIONS }, (_, index) =>
        replicas[index % 2]!.api.signIn(`visitor-${index}@example.com`),
      ),
    );
    await until(() => (sessions.every(({ sessionId }) => threadOf(sessionId)) ? true : undefined));
    const { port, state } = discord;
    await discord.close();
    const turns = await Promise.all(
      sessions.map(async ({ token }, index) => {
        const told = [];
        for (let number = 0; number < MESSAGES; number += 1) {
          told.push((await replicas[(index + number) % 2]!.api.send(token, `message ${number}`)).body);
        }
        return told;
      }),
    );
    discord = await DiscordServer.start({ port, state });
    discord.limits = new ChannelLimits(5, 1_000);
    await everythingTold();
    await until(() => (discord.gateway.clients === 1 ? true : undefined));
    for (const [index, { sessionId }] of sessions.entries()) {
      expect(footersOf(sessionId)).toEqual(expectedFooters(turns[index]!));
    }
    for (const { stdout } of replicas) {
      expect(stdout.match(/Discord does not answer/g)).toHaveLength(1);
    }
  }, 90_000);
});
