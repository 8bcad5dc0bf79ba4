import { deskSettings, OPERATOR_ROLE } from '../support/discord-server/desk-settings.js';
import { noFaults, times, unavailable } from '../support/discord-server/discord-faults.js';
import type { Interaction } from '../support/discord-server/discord-interactions.js';
import type { DiscordMember } from '../support/discord-server/discord-member.js';
import { DiscordServer } from '../support/discord-server/discord-server.js';
import type { Channel, Message } from '../support/discord-server/discord-state.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

const PASSED_ON = '✅';
const NOT_PASSED_ON = '🚫';

describe('The desk on Discord', () => {
  let discord: DiscordServer;
  let service: TestService;
  let operator: DiscordMember;

  beforeAll(async () => {
    discord = await DiscordServer.start();
    service = await startTestService({ settings: { ...deskSettings(discord), AI_MODELS: 'offline' } });
    operator = discord.member({ roles: ['600000000000000007', OPERATOR_ROLE] });
    await until(() => (discord.state.commands.length > 0 ? true : undefined));
  });

  afterEach(() => {
    discord.faults = noFaults;
  });

  afterAll(async () => {
    await service.stop();
    await discord.close();
  });

  interface Visit {
    readonly token: string;
    readonly sessionId: string;
    readonly thread: Channel;
  }

  const visit = async (email?: string): Promise<Visit> => {
    const { token, sessionId } = await service.api.signIn(email);
    const thread = await until(() =>
      discord.state.threads.find(({ name }) => name === `Session ${sessionId.slice(0, 8)}`),
    );
    await until(async () => {
      const [row] = await service.database.query<{ id: string | null }>(
        'SELECT discord_thread_id AS id FROM sessions WHERE id = $1',
        [sessionId],
      );
      return row?.id ?? undefined;
    });
    return { token, sessionId, thread };
  };
  /** What the visitor can read of operators, with whether it was taken back. */
  const read = async (sessionId: string): Promise<string[]> => {
    const rows = await service.database.query<{ content: string; gone: boolean }>(
      `SELECT content, withdrawn_at IS NOT NULL AS gone FROM chat_messages
        WHERE session_id = $1 AND message_type = 'operator' ORDER BY sequence`,
      [sessionId],
    );
    return rows.map(({ content, gone }) => (gone ? '(taken back)' : content));
  };
  const marked = (message: Message): Promise<string> => until(() => message.reactions[0]?.emoji.name);
  const repliesTo = (thread: Channel, message: Message): string[] =>
    thread.messages
      .filter(
        (each) =>
          (each as { message_reference?: { message_id: string } }).message_reference?.message_id ===
          message.id,
      )
      .map(({ content = '' }) => content);
  const answered = (interaction: Interaction): Promise<string> =>
    until(() => (interaction.answers > 0 ? interaction.content : undefined));
  /** Everything the thread was told before has been dealt with once this has. */
  const settled = async (thread: Channel): Promise<void> => {
    await answered(operator.command(thread, 'info'));
  };

  it('should pass on what an operator writes, mark it, and show it to the visitor', async () => {
    const { token, sessionId, thread } = await visit();
    const message = operator.write(thread, 'Good morning, <@1> here <:wave:12345> &c.', {
      mentions: [{ id: '1', username: 'dana', global_name: 'Dana', bot: false }],
    });
    expect(await marked(message)).toBe(PASSED_ON);
    expect(await read(sessionId)).toEqual(['Good morning, @Dana here :wave: &c.']);
    const { body } = await service.api.history(token);
    expect(JSON.stringify(body)).toContain('Good morning, @Dana here :wave:');
  });

  it('should pass on nothing of anybody else, nothing of bots, and no notes', async () => {
    const { sessionId, thread } = await visit();
    discord.member().write(thread, 'I am only looking');
    discord.member({ roles: [OPERATOR_ROLE], isBot: true }).write(thread, 'I am a bot');
    operator.write(thread, 'from outside', { webhook_id: '1' });
    operator.write(thread, '', { type: 6 });
    operator.write(thread, ' // between us');
    const [reply] = [operator.write(thread, 'a reply to a message', { type: 19 })];
    operator.write(discord.state.channel, 'not in a thread');
    await marked(reply);
    expect(await read(sessionId)).toEqual(['a reply to a message']);
    expect(thread.messages.filter(({ reactions }) => reactions.length > 0)).toEqual([reply]);
  });

  it('should say what it cannot pass on', async () => {
    const { token, sessionId, thread } = await visit();
    const picture = operator.write(thread, '', { attachments: [{ id: '1' }] });
    expect(await marked(picture)).toBe(NOT_PASSED_ON);
    expect(repliesTo(thread, picture)).toEqual([expect.stringContaining('Only text')]);
    const captioned = operator.write(thread, 'See here', { attachments: [{ id: '1' }] });
    expect(await marked(captioned)).toBe(PASSED_ON);
    expect(repliesTo(thread, captioned)).toEqual([expect.stringContaining('not what is attached')]);
    const hostile = operator.write(thread, '<script>alert(1)</script>');
    expect(await marked(hostile)).toBe(NOT_PASSED_ON);
    await service.api.call('DELETE', '/auth/session', { token });
    const late = operator.write(thread, 'Are you there?');
    expect(await marked(late)).toBe(NOT_PASSED_ON);
    operator.tell('MESSAGE_CREATE', late);
    await settled(thread);
    await until(() => (repliesTo(thread, late).length > 0 ? true : undefined));
    expect(repliesTo(thread, late)).toEqual([expect.stringContaining('has ended')]);
    expect(await read(sessionId)).toEqual(['See here']);
  });

  it('should follow edits and deletions of what it has passed on', async () => {
    const { sessionId, thread } = await visit();
    const messages = ['first', 'second', 'third', 'fourth', 'fifth'].map((text) =>
      operator.write(thread, text),
    );
    const [first, second, third, fourth] = messages as [Message, Message, Message, Message];
    operator.edit(first, 'first, corrected');
    operator.edit(second, '// a note after all');
    // Only the preview of a link has changed.
    operator.tell('MESSAGE_UPDATE', { ...third, content: 'never written', edited_timestamp: null });
    operator.delete(thread, third);
    operator.delete(thread, fourth, messages[4]!);
    await settled(thread);
    const expected = ['first, corrected', '(taken back)', '(taken back)', '(taken back)', '(taken back)'];
    expect(await read(sessionId)).toEqual(expected);
  });

  it('should let a note stay one, and an edit by somebody without the role come to nothing', async () => {
    const { sessionId, thread } = await visit();
    const note = operator.write(thread, '// careful with this one');
    const said = operator.write(thread, 'said');
    operator.edit(note, 'careful with this one');
    discord.member().edit(said, 'something else');
    await settled(thread);
    expect(await read(sessionId)).toEqual(['said']);
  });

  it('should do once what it is told twice, also after a connection is resumed', async () => {
    const { sessionId, thread } = await visit();
    discord.gateway.repeatedOnResume = 50;
    const said = operator.write(thread, 'once');
    operator.tell('MESSAGE_CREATE', said);
    const takeover = operator.command(thread, 'takeover');
    operator.tellCommand(takeover, thread, 'takeover');
    await answered(takeover);
    const { resumed } = discord.gateway;
    discord.gateway.cut();
    const meanwhile = operator.write(thread, 'while the connection was down');
    await until(() => (discord.gateway.resumed > resumed ? true : undefined));
    expect(await marked(meanwhile)).toBe(PASSED_ON);
    discord.gateway.askToReconnect();
    await until(() => (discord.gateway.resumed > resumed + 1 ? true : undefined));
    await settled(thread);
    discord.gateway.repeatedOnResume = 0;
    expect(await read(sessionId)).toEqual(['once', 'while the connection was down']);
    expect(takeover.content).toContain('Taken over');
    const commands = await service.database.query('SELECT FROM operator_commands WHERE id = $1', [
      `discord:${takeover.id}`,
    ]);
    expect(commands).toHaveLength(1);
  });

  it('should let an operator take over, hear the visitor, and hand back', async () => {
    const { token, thread } = await visit();
    expect(await answered(operator.command(thread, 'takeover'))).toContain('Taken over');
    expect(await answered(operator.command(thread, 'takeover'))).toContain('already taken over');
    expect((await service.api.send(token, 'Is a person there?')).body.outcome).toBe('operator');
    expect(await answered(operator.command(thread, 'handback'))).toContain('Handed back');
    expect(await answered(operator.command(thread, 'handback'))).toContain('Nobody');
    expect((await service.api.send(token, 'And now?')).body.outcome).toBe('answered');
    const titles = await until(() => {
      const shown = thread.messages.flatMap(({ embeds }) => embeds?.[0]?.title ?? []);
      return shown.length === 3 ? shown : undefined;
    });
    expect(titles).toEqual(['👤 Visitor', '👤 Visitor', '🤖 Assistant']);
  });

  it('should say how a session stands to whoever asks, and nothing of the visitor', async () => {
    const { token, thread } = await visit('carol@example.com');
    await service.api.send(token, 'Hello');
    operator.write(thread, 'Hello yourself');
    const info = operator.command(thread, 'info');
    expect(await answered(info)).toMatch(
      /^🟢 Live: the model answers\nStarted <t:\d+:f> \(<t:\d+:R>\), expires <t:\d+:f>[^]*\n1 messages of the visitor, 1 of operators$/,
    );
    expect(info.isEphemeral).toBe(true);
    expect(info.content).not.toMatch(/carol|127\.0\.0/);
    await answered(operator.command(thread, 'end'));
    expect(await answered(operator.command(thread, 'info'))).toMatch(/^⚪ Ended/);
  });

  it('should end a session after what was written before, and tell the thread', async () => {
    const { token, sessionId, thread } = await visit();
    operator.write(thread, 'Goodbye');
    const end = operator.command(thread, 'end');
    expect(await answered(end)).toContain('is ended');
    expect(end.isEphemeral).toBe(false);
    expect(await read(sessionId)).toEqual(['Goodbye']);
    expect((await service.api.send(token, 'Hello?')).status).toBe(401);
    expect(await answered(operator.command(thread, 'end'))).toContain('already ended');
    await until(() =>
      thread.messages.find(({ embeds }) => embeds?.[0]?.description === 'an operator ended it'),
    );
  });

  it.each([
    [{ hours: 2 }, '2 hours', 2],
    [{}, '24 hours', 24],
  ])('should shut a visitor out with %j for %s', async (options, words, hours) => {
    const email = `rude-${hours}@example.com`;
    const { thread } = await visit(email);
    expect(await answered(operator.command(thread, 'block', options))).toContain(words);
    const { status } = await service.api.call('POST', '/auth/email', { body: { email } });
    expect(status).toBe(403);
    const [row] = await service.database.query<{ hours: number }>(
      `SELECT round(extract(epoch FROM blocked_until - now()) / 3600)::integer AS hours FROM blocked_visitors
        ORDER BY blocked_until DESC LIMIT 1`,
    );
    expect(row?.hours).toBe(Math.max(hours, 2));
  });

  it('should refuse a command, to its member alone, of others and elsewhere', async () => {
    const { token, thread } = await visit();
    const byOther = discord.member().command(thread, 'end');
    expect(await answered(byOther)).toContain('Only members');
    const elsewhere = operator.command(discord.state.channel, 'end');
    expect(await answered(elsewhere)).toContain('thread of a session');
    expect([byOther.isEphemeral, elsewhere.isEphemeral]).toEqual([true, true]);
    expect((await service.api.send(token, 'Still here')).status).toBe(200);
  });

  it('should leave a command alone that came too late to be answered', async () => {
    const { token, thread } = await visit();
    discord.interactions.answerWithinMs = -1;
    operator.command(thread, 'end');
    await settledWithout(thread);
    discord.interactions.answerWithinMs = 3_000;
    expect((await service.api.send(token, 'Still here')).status).toBe(200);
  });
  const settledWithout = async (thread: Channel): Promise<void> => {
    await marked(operator.write(thread, 'done?'));
  };

  it('should carry a command out whose first answer was lost, and tell in the thread what it cannot answer', async () => {
    const { thread } = await visit();
    discord.faults = times(1, { kind: 'lose-answer' }, ({ path }) => path.endsWith('/callback'));
    expect(await answered(operator.command(thread, 'takeover'))).toContain('Taken over');
    discord.interactions.tokenLifeMs = -1;
    operator.command(thread, 'handback');
    const told = await until(() => thread.messages.find(({ content }) => content?.includes('Handed back')));
    discord.interactions.tokenLifeMs = 900_000;
    expect(told.author.bot).toBe(true);
  });

  it('should keep the order and lose nothing while Discord fails', async () => {
    const { sessionId, thread } = await visit();
    discord.faults = times(4, unavailable(), ({ path }) => /reactions|callback/.test(path));
    const written = Array.from({ length: 20 }, (_, index) => operator.write(thread, `message ${index}`));
    await marked(written.at(-1)!);
    expect(await read(sessionId)).toEqual(written.map(({ content }) => content));
    expect(written.map(({ reactions }) => reactions.length)).toEqual(written.map(() => 1));
  });

  /** Makes the database refuse operators' messages of which the text is like that, and count how often. */
  const refuse = async (sqlState: string, pattern: string): Promise<() => Promise<number>> => {
    await service.database.query(`
      CREATE SEQUENCE refusals;
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM nextval('refusals');
          RAISE EXCEPTION 'refused' USING ERRCODE = '${sqlState}';
        END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON chat_messages FOR EACH ROW
        WHEN (NEW.message_type = 'operator' AND NEW.content LIKE '${pattern}') EXECUTE FUNCTION refuse();`);
    return async () => {
      const [row] = await service.database.query<{ count: string }>(
        'SELECT last_value AS count FROM refusals WHERE is_called',
      );
      return Number(row?.count ?? 0);
    };
  };
  const stopRefusing = async (): Promise<void> => {
    await service.database.query('DROP FUNCTION refuse() CASCADE; DROP SEQUENCE refusals');
  };

  it('should keep the order and lose nothing while the database takes nothing', async () => {
    const { sessionId, thread } = await visit();
    const tries = await refuse('53300', '%');
    const written = Array.from({ length: 5 }, (_, index) => operator.write(thread, `waiting ${index}`));
    operator.edit(written[1]!, 'edited while it waited');
    await until(async () => ((await tries()) > 2 ? true : undefined));
    expect(written.flatMap(({ reactions }) => reactions)).toEqual([]);
    await stopRefusing();
    await marked(written.at(-1)!);
    expect(await read(sessionId)).toEqual(written.map(({ content }) => content));
  });

  it('should say so where a message fails for good, and go on with the next', async () => {
    const { sessionId, thread } = await visit();
    await refuse('P0001', 'impossible%');
    const [failing, next] = [operator.write(thread, 'impossible'), operator.write(thread, 'possible')];
    expect(await marked(failing)).toBe(NOT_PASSED_ON);
    expect(repliesTo(thread, failing)).toEqual([expect.stringContaining('because of a fault')]);
    expect(await marked(next)).toBe(PASSED_ON);
    await stopRefusing();
    expect(await read(sessionId)).toEqual(['possible']);
  });
});
