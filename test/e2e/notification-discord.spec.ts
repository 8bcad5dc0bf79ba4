import {
  apiError,
  noFaults,
  rateLimited,
  rateLimitedByBody,
  times,
  unavailable,
} from '../support/discord-server/discord-faults.js';
import { DiscordServer } from '../support/discord-server/discord-server.js';
import type { Channel, Embed, Message } from '../support/discord-server/discord-state.js';
import { ModelServer } from '../support/model-server/model-server.js';
import { startTestService, type TestService } from '../support/test-service.js';
import { until } from '../support/until.js';

describe('Discord', () => {
  let model: ModelServer;
  let discord: DiscordServer;
  let service: TestService;

  beforeAll(async () => {
    [model, discord] = await Promise.all([ModelServer.start(), DiscordServer.start()]);
    service = await startTestService({
      settings: {
        ...discord.settings,
        NOTIFICATION_LOG_ENABLED: 'false',
        AI_MODELS: 'compatible:test',
        COMPATIBLE_BASE_URL: model.url,
        TRUST_PROXY: '1',
      },
    });
  });

  afterEach(() => {
    discord.faults = noFaults;
  });

  afterAll(async () => {
    await service.stop();
    await Promise.all([discord.close(), model.close()]);
  });

  const nameOf = (sessionId: string): string => `Session ${sessionId.slice(0, 8)}`;
  const threadsOf = (sessionId: string): Channel[] =>
    discord.state.threads.filter(({ name }) => name === nameOf(sessionId));
  const embedOf = ({ embeds: [embed] = [] }: Message): Embed => embed ?? {};
  const footersIn = (thread: Channel | undefined): (string | undefined)[] =>
    (thread?.messages ?? []).map((message) => embedOf(message).footer?.text);

  /** Waits until the session's thread shows so many messages, and returns them. */
  const shown = (sessionId: string, count: number): Promise<Embed[]> =>
    until(() => {
      const messages = threadsOf(sessionId).at(-1)?.messages ?? [];
      return messages.length >= count ? messages.map(embedOf) : undefined;
    });
  const nothingLeft = (): Promise<true> =>
    until(async () => {
      const left = await service.database.query('SELECT FROM notifications WHERE failed_at IS NULL');
      return left.length === 0 ? true : undefined;
    });

  it('should show a session as a thread, each message with its facts, and the end', async () => {
    const { token, sessionId } = await service.api.signIn('alice@example.com');
    const { body } = await service.api.send(token, 'Hello, is anybody there?');
    await service.api.call('DELETE', '/auth/session', { token });
    const [question, reply, end] = await shown(sessionId, 3);

    const [thread] = threadsOf(sessionId);
    expect(thread).toMatchObject({ parent_id: discord.state.channelId, auto_archive_duration: 1440 });
    expect(question).toMatchObject({
      title: '👤 Visitor',
      color: 0x00ff00,
      description: '```\nHello, is anybody there?\n```',
      footer: { text: `message ${body.message_id}` },
    });
    expect(reply).toMatchObject({
      title: '🤖 Assistant',
      color: 0xff9900,
      description: '```\necho: Hello, is anybody there?\n```',
      footer: { text: `reply ${body.reply_id} to message ${body.message_id}` },
    });
    expect(reply?.fields).toMatchObject([
      { name: 'Outcome', value: '`answered`' },
      { name: 'Model', value: '`compatible:test`' },
      { name: 'Time', value: expect.stringMatching(/^`\d+ ms`$/) as string },
    ]);
    expect(end).toMatchObject({ title: 'Session ended', description: 'the visitor signed out' });
    const [row] = await service.database.query('SELECT discord_thread_id AS id FROM sessions WHERE id = $1', [
      sessionId,
    ]);
    expect(row).toEqual({ id: thread?.id });
    await nothingLeft();
  });

  it('should show which rules blocked a message', async () => {
    const { token, sessionId } = await service.api.signIn();
    const { body } = await service.api.send(token, "1' OR '1'='1' UNION SELECT password FROM users --");
    expect(body.outcome).toBe('blocked');
    const [, blocked] = await shown(sessionId, 2);
    expect(blocked).toMatchObject({
      title: '🛑 Message blocked',
      color: 0xff0000,
      fields: [{ name: 'Rules', value: expect.stringMatching(/^`.*sql.*`$/) as string }],
    });
  });

  it('should keep back the e-mail address and the exact address, and store neither', async () => {
    const { sessionId } = await service.api.signIn('alice@example.com', {
      'x-forwarded-for': '203.0.113.77',
    });
    const opening = await until(() =>
      discord.state.channel.messages.find(({ embeds }) => embeds?.[0]?.footer?.text === nameOf(sessionId)),
    );
    expect(embedOf(opening).fields).toMatchObject([
      { name: 'Visitor', value: '`a•••@example.com`' },
      { name: 'Address', value: '`203.0.113.0/24`' },
    ]);
    const [jobs] = await service.database.query<{ text: string }>(
      'SELECT json_agg(data)::text AS text FROM pgboss.job',
    );
    expect(jobs?.text).not.toContain('example.com');
    expect(JSON.stringify(discord.calls)).not.toContain('alice@');
  });

  it('should let no text of a visitor do anything on Discord', async () => {
    const { token, sessionId } = await service.api.signIn();
    await service.api.send(token, '@everyone <@123> **bold** [a](https://evil.example) ``` **out** ```');
    const [question] = await shown(sessionId, 2);
    const inside = /^```\n([^]*)\n```$/.exec(question?.description ?? '')?.[1];
    expect(inside).toContain('@everyone <@123> **bold**');
    expect(inside).not.toContain('``');
    const posts = discord.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/messages'));
    for (const { body } of posts) {
      expect(body).toMatchObject({ allowed_mentions: { parse: [] }, enforce_nonce: true });
      expect((body as Message).content).toBeUndefined();
    }
  });

  it('should keep the order and lose nothing while Discord limits, fails and breaks off', async () => {
    const { token, sessionId } = await service.api.signIn();
    const sent: string[] = [];
    discord.faults = times(4, unavailable(502));
    sent.push((await service.api.send(token, 'one')).body.message_id);
    discord.faults = times(2, rateLimited(0.3));
    sent.push((await service.api.send(token, 'two')).body.message_id);
    discord.faults = times(1, rateLimited(0.4, true));
    sent.push((await service.api.send(token, 'three')).body.message_id);
    discord.faults = times(2, { kind: 'lose-answer' });
    sent.push((await service.api.send(token, 'four')).body.message_id);
    await shown(sessionId, 8);
    await nothingLeft();
    const footers = footersIn(threadsOf(sessionId)[0]);
    expect(footers.filter((footer) => footer?.startsWith('message'))).toEqual(
      sent.map((id) => `message ${id}`),
    );
    expect(new Set(footers).size).toBe(8);
    expect(footers).toHaveLength(8);
  });

  it('should send again with the same nonce what it cannot find, so that Discord does not double it', async () => {
    const { token, sessionId } = await service.api.signIn();
    const thread = await until(() => threadsOf(sessionId)[0]);
    const path = `/channels/${thread.id}/messages`;
    const loseOnce = times(1, { kind: 'lose-answer' }, (call) => call.path === path);
    discord.faults = (call) =>
      loseOnce(call) ??
      (call.method === 'GET' && call.path === path ? { kind: 'answer', status: 200, body: [] } : undefined);
    await service.api.send(token, 'Hello');
    await shown(sessionId, 2);
    await nothingLeft();
    const posts = discord.calls.filter((call) => call.method === 'POST' && call.path === path);
    const nonces = posts.map(({ body }) => (body as Message).nonce);
    expect(nonces).toEqual([nonces[0], nonces[0], expect.any(String)]);
    expect(new Set(footersIn(thread)).size).toBe(2);
    expect(thread.messages).toHaveLength(2);
  });

  it.each([
    ['the headers', rateLimited],
    ['the body', rateLimitedByBody],
  ])('should wait as long as %s of a limit say', async (_, limited) => {
    const { token, sessionId } = await service.api.signIn();
    const thread = await until(() => threadsOf(sessionId)[0]);
    const path = `/channels/${thread.id}/messages`;
    discord.faults = times(1, limited(0.7), (call) => call.path === path);
    await service.api.send(token, 'Hello');
    await shown(sessionId, 2);
    const [refused, repeated] = discord.calls.filter((call) => call.path === path);
    expect(repeated!.at - refused!.at).toBeGreaterThanOrEqual(700);
  });

  it('should not wait with one session for another whose thread is limited', async () => {
    const [held, free] = [await service.api.signIn(), await service.api.signIn()];
    await shown(held.sessionId, 0);
    const thread = await until(() => threadsOf(held.sessionId)[0]);
    discord.faults = times(1_000, rateLimited(1), ({ path }) => path.startsWith(`/channels/${thread.id}/`));
    await service.api.send(held.token, 'I wait');
    await service.api.send(free.token, 'I do not');
    await shown(free.sessionId, 2);
    expect(thread.messages).toEqual([]);
    discord.faults = noFaults;
    await shown(held.sessionId, 2);
  });

  it('should open a new thread for one that was deleted, and reopen one that is archived', async () => {
    const { token, sessionId } = await service.api.signIn();
    await service.api.send(token, 'first');
    await shown(sessionId, 2);
    const [first] = threadsOf(sessionId);
    discord.state.channels.delete(first?.id ?? '');
    await service.api.send(token, 'second');
    const [again] = await shown(sessionId, 2);
    expect(again?.description).toContain('second');
    const [second] = threadsOf(sessionId);
    expect(second?.id).not.toBe(first?.id);

    second!.isArchived = true;
    await service.api.send(token, 'third');
    await shown(sessionId, 4);
    expect(second?.isArchived).toBe(false);
  });

  it('should keep what Discord refuses for good, and go on with the rest', async () => {
    const { token, sessionId } = await service.api.signIn();
    const thread = await until(() => threadsOf(sessionId)[0]);
    discord.faults = times(1, apiError(400, 50035), ({ path }) => path === `/channels/${thread.id}/messages`);
    await service.api.send(token, 'cannot be shown');
    expect((await shown(sessionId, 1))[0]?.title).toBe('🤖 Assistant');
    await nothingLeft();
    const failed = await service.database.query(
      'SELECT fact, failure FROM notifications WHERE session_id = $1',
      [sessionId],
    );
    expect(failed).toEqual([{ fact: 'MessageReceived', failure: 'Discord refuses it (400, code 50035)' }]);
  });

  it.each([
    ['a wrong token', apiError(401, 0), 'DISCORD_BOT_TOKEN'],
    ['a channel that is not there', apiError(404, 10003), 'DISCORD_CHANNEL_ID'],
    ['a channel it may not see', apiError(403, 50001), 'View Channel'],
    ['a missing permission', apiError(403, 50013), 'Create Public Threads'],
  ])(
    'should say once how to mend %s, serve the chat meanwhile, and go on by itself',
    async (_, fault, mend) => {
      const before = service.logs.length;
      discord.faults = times(3, fault);
      const { token, sessionId } = await service.api.signIn();
      expect((await service.api.send(token, 'Hello')).status).toBe(200);
      await shown(sessionId, 2);
      await nothingLeft();
      const said = service.logs.slice(before).filter(({ msg }) => String(msg).includes(mend));
      expect(said).toHaveLength(1);
      expect(said[0]).toMatchObject({ level: 'error', channel: 'discord' });
    },
  );
});
