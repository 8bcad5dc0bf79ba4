import { deskSettings, OPERATOR_ROLE } from '../support/discord-server/desk-settings.js';
import { noFaults, times, unavailable } from '../support/discord-server/discord-faults.js';
import type { DiscordMember } from '../support/discord-server/discord-member.js';
import { DiscordServer } from '../support/discord-server/discord-server.js';
import type { Channel, Message } from '../support/discord-server/discord-state.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

const MESSAGE_INTENTS = (1 << 9) | (1 << 15);

describe('The desk on Discord, while nobody is told', () => {
  let discord: DiscordServer;
  let database: TestDatabase;
  let operator: DiscordMember;
  let service: TestService | undefined;

  beforeEach(async () => {
    [discord, database] = await Promise.all([DiscordServer.start(), createTestDatabase()]);
    operator = discord.member({ roles: [OPERATOR_ROLE] });
  });

  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await discord.close();
    await database.drop();
  });

  const start = async (settings: Record<string, string> = {}): Promise<TestService> => {
    await service?.stop();
    const sessions = discord.gateway.identified.length;
    service = await startTestService({
      database,
      settings: { ...deskSettings(discord), AI_MODELS: 'offline', ...settings },
    });
    await until(() => (discord.gateway.identified.length > sessions ? true : undefined));
    if (settings['DISCORD_OPERATOR_ROLE_IDS'] !== '') {
      // From when on nothing is lost.
      await until(async () => (await database.query('SELECT FROM discord_positions'))[0]);
    }
    return service;
  };
  const stop = async (): Promise<void> => {
    await service?.stop();
    service = undefined;
  };
  const visit = async ({
    api,
  }: TestService): Promise<{ token: string; sessionId: string; thread: Channel }> => {
    const visitor = await api.signIn();
    const thread = await until(async () => {
      const [row] = await database.query<{ id: string | null }>(
        'SELECT discord_thread_id AS id FROM sessions WHERE id = $1',
        [visitor.sessionId],
      );
      return discord.state.channels.get(row?.id ?? '');
    });
    return { ...visitor, thread };
  };
  const read = async (sessionId: string): Promise<string[]> => {
    const rows = await database.query<{ content: string; gone: boolean }>(
      `SELECT content, withdrawn_at IS NOT NULL AS gone FROM chat_messages
        WHERE session_id = $1 AND message_type = 'operator' ORDER BY sequence`,
      [sessionId],
    );
    return rows.map(({ content, gone }) => (gone ? '(taken back)' : content));
  };
  const marked = (message: Message): Promise<string> => until(() => message.reactions[0]?.emoji.name);
  const write = (thread: Channel, count: number): Message[] =>
    Array.from({ length: count }, (_, index) => operator.write(thread, `message ${index}`));

  it('should pass on what was written meanwhile, oldest first, and follow what was changed', async () => {
    const { sessionId, thread } = await visit(await start());
    const [kept, edited, deleted] = write(thread, 3) as [Message, Message, Message];
    await marked(deleted);
    await stop();
    operator.edit(edited, 'changed meanwhile');
    operator.delete(thread, deleted);
    discord.member().write(thread, 'by somebody without the role');
    operator.write(thread, '// a note');
    const written = Array.from({ length: 110 }, (_, index) => operator.write(thread, `meanwhile ${index}`));
    // Whoever has written and closed the thread is passed on as well.
    thread.isArchived = true;
    await start();
    const last = operator.write(thread, 'after that');
    await until(async () => ((await read(sessionId)).length >= 114 ? true : undefined));
    await until(async () => ((await read(sessionId)).includes('(taken back)') ? true : undefined));
    expect(await read(sessionId)).toEqual([
      kept.content,
      'changed meanwhile',
      '(taken back)',
      ...written.map(({ content }) => content),
      last.content,
    ]);
  }, 90_000);

  it('should begin anew where Discord has forgotten its session', async () => {
    const { sessionId, thread } = await visit(await start());
    await marked(operator.write(thread, 'before'));
    discord.gateway.invalidate();
    const meanwhile = operator.write(thread, 'meanwhile');
    expect(await marked(meanwhile)).toBe('✅');
    expect(discord.gateway.identified).toHaveLength(2);
    expect(await read(sessionId)).toEqual(['before', 'meanwhile']);
  }, 90_000);

  it('should let what happens wait for what happened, while Discord fails', async () => {
    const { sessionId, thread } = await visit(await start());
    await stop();
    write(thread, 3);
    discord.faults = times(3, unavailable(), ({ path }) => /threads\/active|commands/.test(path));
    await start();
    operator.write(thread, 'live');
    await until(async () => ((await read(sessionId)).length === 4 ? true : undefined));
    discord.faults = noFaults;
    expect(await read(sessionId)).toEqual(['message 0', 'message 1', 'message 2', 'live']);
  }, 90_000);

  it('should take nothing back when it is shown an empty thread', async () => {
    const { sessionId, thread } = await visit(await start());
    await marked(operator.write(thread, 'said'));
    await stop();
    discord.faults = ({ method, path }) =>
      method === 'GET' && path.endsWith('/messages') ? { kind: 'answer', status: 200, body: [] } : undefined;
    await start();
    await marked(operator.write(thread, 'and more'));
    expect(await read(sessionId)).toEqual(['said', 'and more']);
  }, 90_000);

  it('should write its commands only where they differ', async () => {
    const puts = (): number =>
      discord.calls.filter(({ method, path }) => method === 'PUT' && path.endsWith('/commands')).length;
    const asked = (): number => discord.calls.filter(({ path }) => path.endsWith('/commands')).length;
    await start();
    await until(() => (puts() === 1 ? true : undefined));
    expect(discord.state.commands.map((command) => (command as { name: string }).name).toSorted()).toEqual([
      'block',
      'end',
      'handback',
      'info',
      'takeover',
    ]);
    await start();
    await until(() => (asked() === 3 ? true : undefined));
    discord.state.commands = discord.state.commands.slice(1);
    await start();
    await until(() => (puts() === 2 ? true : undefined));
    expect(asked()).toBe(5);
  }, 90_000);

  it('should have no desk without a role, and pass on nothing that was written then', async () => {
    const { thread, sessionId } = await visit(await start());
    await until(() => (discord.state.commands.length > 0 ? true : undefined));
    await start({ DISCORD_OPERATOR_ROLE_IDS: '' });
    expect(discord.gateway.identified.at(-1)!.intents & MESSAGE_INTENTS).toBe(0);
    await until(async () =>
      (await database.query('SELECT FROM discord_positions')).length === 0 ? true : undefined,
    );
    operator.write(thread, 'between operators');
    await start();
    await marked(operator.write(thread, 'for the visitor'));
    expect(await read(sessionId)).toEqual(['for the visitor']);
  }, 90_000);

  it('should show the messages that an operator has to answer where others are not shown', async () => {
    const running = await start({ DISCORD_NOTIFY_MESSAGES: 'false' });
    const { token, thread } = await visit(running);
    await running.api.send(token, 'for the model');
    const takeover = operator.command(thread, 'takeover');
    await until(() => (takeover.answers > 0 ? true : undefined));
    await running.api.send(token, 'for a person');
    const shown = await until(() => {
      const texts = thread.messages.flatMap(({ embeds }) => embeds?.[0]?.description ?? []);
      return texts.length > 0 ? texts : undefined;
    });
    expect(shown).toEqual(['```\nfor a person\n```']);
  }, 90_000);
});
