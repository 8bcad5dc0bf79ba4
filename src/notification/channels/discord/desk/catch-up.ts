import { Logger } from '@nestjs/common';
import { bulkhead } from 'cockatiel';
import type { Database } from '../../../../database/database.js';
import { snowflakeAt, timeOf } from '../snowflake.js';
import { LONGEST_PAGE, type DeskApi } from './desk-api.js';
import { SELECT_SAID, SELECT_SPOKEN_THREADS } from './desk-statements.js';
import { messageIdOf, type OperatorInbox } from './operator-inbox.js';
import type { Operators } from './operators.js';
import { persist } from './persist.js';
import type { ReadPosition } from './read-position.js';
import { readMessage } from './written-message.js';

/** Many machines of Discord's give ids: what is a little older than the position may be news all the same. */
const MARGIN_MS = 30_000;
/** A session lasts about a day; what was written long before would surprise its visitor. */
const LONGEST_GAP_MS = 24 * 3_600_000;
const MOST_PAGES = 20;
const MOST_SPOKEN_THREADS = 100;
const MOST_SAID = 200;
const SIMULTANEOUS_THREADS = 4;
const MOST_THREADS = 10_000;

interface Reading {
  readonly threadId: string;
  readonly since: bigint;
  readonly isOperator: (userId: string) => Promise<boolean>;
}

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

  /**
   * Reads one of the threads: what is new, and what has become of what was there before. A few threads at a time,
   * for Discord counts calls.
   */
  read(threadId: string, gap: Gap, signal: AbortSignal): Promise<void> {
    return this.slots.execute(async () => {
      const sessionId = await persist(() => this.inbox.sessionOf(threadId), signal);
      if (sessionId !== undefined) {
        // Asked first: so whatever was said is among what Discord shows afterwards, or has been deleted.
        const said = await persist(() => this.saidIn(sessionId), signal);
        const reading = { threadId, since: gap.since, isOperator: this.askOnce(gap.guildId, signal) };
        const seen = await this.readNew(reading, signal);
        await this.readChanges(reading, said, seen, signal);
      }
    }, signal);
  }

  /** @returns the ids of everything there is since. */
  private async readNew(reading: Reading, signal: AbortSignal): Promise<Set<string>> {
    const seen = new Set<string>();
    let last = String(reading.since);
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = { after: last };
      const messages = await persist(() => this.api.messages(reading.threadId, query), signal);
      for (const raw of messages) {
        const message = readMessage(raw);
        if (message !== undefined && (await reading.isOperator(message.authorId))) {
          await (message.isMarked || this.inbox.pass(message, signal));
          await (message.editedAt && this.inbox.follow(message, signal));
        }
        this.position.see(raw.id);
        seen.add(raw.id);
        last = raw.id;
      }
      if (messages.length < LONGEST_PAGE) {
        return seen;
      }
    }
    this.logger.error({
      msg: 'a thread on Discord has grown by more messages than are read again; the latest were not passed on',
      thread_id: reading.threadId,
    });
    return seen;
  }

  /** Of what is older it looks through one page; what is newer has been seen. */
  private async readChanges(
    { threadId, since, isOperator }: Reading,
    said: ReadonlySet<string>,
    seen: Set<string>,
    signal: AbortSignal,
  ): Promise<void> {
    if (said.size === 0) {
      return;
    }
    const query = { before: String(since + 1n) };
    const older = await persist(() => this.api.messages(threadId, query), signal);
    for (const raw of older) {
      const message = readMessage(raw);
      const isChanged = (message?.editedAt?.getTime() ?? 0) >= timeOf(since) && said.has(raw.id);
      if (message !== undefined && isChanged && (await isOperator(message.authorId))) {
        await this.inbox.follow(message, signal);
      }
      seen.add(raw.id);
    }
    // A thread that looks empty may as well be one that the bot may not read: then nothing is taken back.
    if (seen.size > 0) {
      const from = older.length < LONGEST_PAGE ? 0n : BigInt(older[0]?.id ?? 0);
      const gone = [...said].filter((id) => !seen.has(id) && BigInt(id) >= from);
      await this.inbox.takeBack(threadId, gone, signal);
    }
  }

  /** The ids of the latest messages that were passed on from Discord and not taken back. */
  private async saidIn(sessionId: string): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ external_id: string }>(SELECT_SAID, [sessionId, MOST_SAID]);
    return new Set(rows.flatMap(({ external_id }) => messageIdOf(external_id) ?? []));
  }

  private askOnce(guildId: string, signal: AbortSignal): Reading['isOperator'] {
    const answers = new Map<string, Promise<boolean>>();
    return (userId) => {
      const answer = answers.get(userId) ?? persist(() => this.operators.have(guildId, userId), signal);
      answers.set(userId, answer);
      return answer;
    };
  }
}
