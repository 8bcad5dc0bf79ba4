import { Logger } from '@nestjs/common';
import { bulkhead } from 'cockatiel';
import type { Database } from '../../../../database/database.js';
import { snowflakeAt, timeOf } from '../snowflake.js';
import { LONGEST_PAGE, type DeskApi } from './desk-api.js';
import { SELECT_SAID, SELECT_SPOKEN_THREADS } from './desk-statements.js';
import { externalIdOf, messageIdOf, type OperatorInbox } from './operator-inbox.js';
import type { Operators } from './operators.js';
import { persist } from './persist.js';
import type { ReadPosition } from './read-position.js';
import { readMessage, type WrittenMessage } from './written-message.js';

/** Many machines of Discord's give ids: what is a little older than the position may be news all the same. */
const MARGIN_MS = 30_000;
/** A session lasts about a day; what was written long before would surprise its visitor. */
const LONGEST_GAP_MS = 24 * 3_600_000;
const MOST_PAGES = 20;
const MOST_SPOKEN_THREADS = 100;
const SIMULTANEOUS_THREADS = 4;
const MOST_THREADS = 10_000;

/** What one replica has to read of each thread because nobody was told of it. */
export interface Gap {
  readonly guildId: string;
  readonly since: bigint;
  /** In the order in which they are best read. */
  readonly threadIds: readonly string[];
}

/**
 * Makes up for the time in which no replica was told what happens: a new connection to the gateway begins with
 * the present. Whatever it reads may have been dealt with before; then it changes nothing.
 */
export class CatchUp {
  private readonly logger = new Logger('DiscordDesk');
  private readonly slots = bulkhead(SIMULTANEOUS_THREADS, MOST_THREADS);

  constructor(
    private readonly api: DeskApi,
    private readonly database: Database,
    private readonly operators: Operators,
    private readonly inbox: OperatorInbox,
    private readonly position: ReadPosition,
  ) {}

  /** Which threads have moved since, and in which something may have been edited or deleted. */
  async find(channelId: string, guildId: string, after: bigint): Promise<Gap> {
    const now = Date.now();
    const since = snowflakeAt(Math.max(timeOf(after) - MARGIN_MS, now - LONGEST_GAP_MS));
    const [threads, spoken] = await Promise.all([
      this.api.threadsOf(channelId, guildId),
      this.database.query<{ thread_id: string }>(SELECT_SPOKEN_THREADS, [MOST_SPOKEN_THREADS]),
    ]);
    const moved = threads.filter(({ last_message_id: last }) => last != null && BigInt(last) > since);
    const threadIds = new Set([...moved.map(({ id }) => id), ...spoken.map(({ thread_id }) => thread_id)]);
    return { guildId, since, threadIds: [...threadIds] };
  }

  /** Reads one of the threads, first what is new, then what has changed. A few at a time: Discord counts calls. */
  read(threadId: string, gap: Gap, signal: AbortSignal): Promise<void> {
    return this.slots.execute(async () => {
      const sessionId = await persist(() => this.inbox.sessionOf(threadId), signal);
      if (sessionId !== undefined) {
        const known = new Map<string, Promise<boolean>>();
        const isOperator = (userId: string): Promise<boolean> => {
          const asked = known.get(userId) ?? persist(() => this.operators.have(gap.guildId, userId), signal);
          known.set(userId, asked);
          return asked;
        };
        await this.readNew(threadId, gap, isOperator, signal);
        await this.readChanges(threadId, sessionId, gap, isOperator, signal);
      }
    }, signal);
  }

  private async readNew(
    threadId: string,
    { since }: Gap,
    isOperator: (userId: string) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<void> {
    let last = String(since);
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const messages = await persist(() => this.api.messages(threadId, last), signal);
      for (const raw of messages) {
        const message = readMessage(raw);
        if (message !== undefined && !message.isMarked && (await isOperator(message.authorId))) {
          await this.inbox.pass(message, signal);
        }
        this.position.see(raw.id);
        last = raw.id;
      }
      if (messages.length < LONGEST_PAGE) {
        return;
      }
    }
    this.logger.error({
      msg: 'a thread on Discord has grown by more messages than are read again; the latest were not passed on',
      thread_id: threadId,
    });
  }

  /** What was said is asked first: so whatever was said is among what Discord shows, or has been deleted. */
  private async readChanges(
    threadId: string,
    sessionId: string,
    { since }: Gap,
    isOperator: (userId: string) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<void> {
    const rows = await persist(
      () => this.database.query<{ external_id: string }>(SELECT_SAID, [sessionId, LONGEST_PAGE]),
      signal,
    );
    if (rows.length === 0) {
      return;
    }
    const said = new Set(rows.map(({ external_id }) => external_id));
    const messages = await persist(() => this.api.messages(threadId), signal);
    const written = messages.flatMap((raw) => readMessage(raw) ?? []);
    for (const message of written) {
      const isChanged = isEditedSince(message, timeOf(since)) && said.has(externalIdOf(message.id));
      if (isChanged && (await isOperator(message.authorId))) {
        await this.inbox.follow(message, signal);
      }
    }
    await this.inbox.takeBack(threadId, deleted(said, messages), signal);
  }
}

function isEditedSince({ editedAt }: WrittenMessage, ms: number): boolean {
  return editedAt !== undefined && editedAt.getTime() >= ms;
}

/** An empty page may as well mean that the bot may not read; then nothing is taken back. */
function deleted(said: ReadonlySet<string>, page: readonly { readonly id: string }[]): string[] {
  const [oldest] = page;
  if (oldest === undefined) {
    return [];
  }
  const from = page.length < LONGEST_PAGE ? 0n : BigInt(oldest.id);
  const there = new Set(page.map(({ id }) => externalIdOf(id)));
  return [...said]
    .filter((externalId) => !there.has(externalId))
    .flatMap((externalId) => messageIdOf(externalId) ?? [])
    .filter((id) => BigInt(id) >= from);
}
