import { setTimeout as delay } from 'node:timers/promises';
import { deskSettings, OPERATOR_ROLE } from '../support/discord-server/desk-settings.js';
import { DiscordServer } from '../support/discord-server/discord-server.js';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const MESSAGES = 200;
const KILL_AT = 70;
/** So that the writing goes on before, while and after nobody holds the gateway. */
const BETWEEN_MS = 30;
const TAKES_OVER_WITHIN_MS = 10_000;

describe('The desk on Discord and processes', () => {
  let discord: DiscordServer;
  let database: TestDatabase;
  const services: ServiceProcess[] = [];

  beforeEach(async () => {
    [discord, database] = await Promise.all([DiscordServer.start(), createTestDatabase()]);
  });

  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.kill()));
    await discord.close();
    await database.drop();
  });

  const start = async (): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start({
      ...deskSettings(discord),
      DATABASE_URL: database.url,
      AI_MODELS: 'offline',
    });
    services.push(service);
    return service;
  };

  it('should lose, double and swap nothing when the gateway is taken over from a killed holder', async () => {
    const holder = await start();
    await until(() => (discord.gateway.clients === 1 ? true : undefined));
    const other = await start();
    const operator = discord.member({ roles: [OPERATOR_ROLE] });
    const { sessionId } = await other.api.signIn();
    const [thread] = await until(async () => {
      const stored = await database.query('SELECT FROM sessions WHERE discord_thread_id IS NOT NULL');
      return stored.length === 1 ? discord.state.threads : undefined;
    });
    const read = async (): Promise<string[]> => {
      const rows = await database.query<{ content: string }>(
        `SELECT content FROM chat_messages
          WHERE session_id = $1 AND message_type = 'operator' ORDER BY sequence`,
        [sessionId],
      );
      return rows.map(({ content }) => content);
    };

    let killedAt = 0;
    let takenOverAt = 0;
    const expected: string[] = [];
    for (let number = 0; number < MESSAGES; number += 1) {
      if (number === KILL_AT) {
        killedAt = Date.now();
        await holder.kill();
        void until(async () => ((await read()).length > KILL_AT + 1 ? true : undefined)).then(
          () => (takenOverAt = Date.now()),
        );
      }
      const text = `message ${number}`;
      expected.push(text);
      operator.write(thread!, text);
      await delay(BETWEEN_MS);
    }
    const stored = await until(async () => {
      const texts = await read();
      return texts.length >= MESSAGES && takenOverAt > 0 ? texts : undefined;
    });
    console.info(`another replica passes messages on ${takenOverAt - killedAt} ms after the kill`);
    expect(discord.gateway.identified).toHaveLength(2);
    expect(stored).toEqual(expected);
    expect(takenOverAt - killedAt).toBeLessThan(TAKES_OVER_WITHIN_MS);
  }, 120_000);
});
