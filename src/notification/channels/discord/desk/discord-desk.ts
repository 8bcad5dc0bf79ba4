import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type {
  APIInteraction,
  GatewayMessageCreateDispatchData,
  GatewayMessageUpdateDispatchData,
} from 'discord.js';
import type { DiscordGateway } from '../discord-gateway.js';
import type { CommandHandler, CommandInteraction } from './command-handler.js';
import { RESULTS } from './command-texts.js';
import type { CommandName } from './desk-commands.js';
import { isCommandName } from './desk-commands.js';
import type { GapReader } from './gap-reader.js';
import type { OperatorInbox } from './operator-inbox.js';
import type { Operators } from './operators.js';
import { persist } from './persist.js';
import type { ReadPosition } from './read-position.js';
import { ThreadQueues, type ThreadWork } from './thread-queues.js';
import { readMessage } from './written-message.js';

/** Beyond so many things to do, as after hours without a database, they are asked for again instead of kept. */
const MOST_WAITING = 5_000;
const CLOSE_WITHIN_MS = 2_000;
const APPLICATION_COMMAND = 2;
const CHAT_INPUT = 1;

/**
 * The desk of the replica that holds the gateway: takes what happens in threads and does it, in order in each of
 * them. What happened while nobody was told comes first; until it is known what that is, everything waits.
 */
export class DiscordDesk {
  private readonly logger = new Logger('DiscordDesk');
  private readonly queues = new ThreadQueues();
  private held: (() => void)[] | undefined;
  private reading = new AbortController();

  constructor(
    private readonly gateway: DiscordGateway,
    private readonly operators: Operators,
    private readonly inbox: OperatorInbox,
    private readonly commands: CommandHandler,
    private readonly gaps: GapReader,
    private readonly position: ReadPosition,
  ) {}

  open(): void {
    this.gateway.on('READY', ({ application }) => this.begin(application.id));
    this.gateway.on('MESSAGE_CREATE', (message) => this.onMessage(message));
    this.gateway.on('MESSAGE_UPDATE', (message) => this.onEdit(message));
    this.gateway.on('MESSAGE_DELETE', ({ channel_id, id }) => this.onDeletion(channel_id, [id]));
    this.gateway.on('MESSAGE_DELETE_BULK', ({ channel_id, ids }) => this.onDeletion(channel_id, ids));
    this.gateway.on('INTERACTION_CREATE', (interaction) => this.onInteraction(interaction));
    this.gateway.onLost(() => this.end());
  }

  /** A connection that begins anew, not one that is resumed. What was taken from the one before is done first. */
  private async begin(applicationId: string): Promise<void> {
    this.reading.abort();
    this.reading = new AbortController();
    this.held ??= [];
    const { signal } = this.reading;
    await this.gaps.read(applicationId, signal, (threadId, work) => this.queues.add(threadId, work));
    if (!signal.aborted) {
      const held = this.held;
      this.held = undefined;
      for (const add of held) {
        add();
      }
    }
  }

  /** Leaves to the next holder of the gateway what is not done: it is behind the position. */
  private async end(): Promise<void> {
    this.reading.abort();
    this.held = undefined;
    this.queues.clear();
    await Promise.race([this.position.close(), delay(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  private onMessage(raw: GatewayMessageCreateDispatchData): void {
    const message = readMessage(raw);
    this.position.see(raw.id);
    if (message !== undefined && this.operators.include(raw.member?.roles)) {
      const mark = this.position.mark(BigInt(raw.id) - 1n);
      this.submit(message.threadId, async (signal) => {
        await this.inbox.pass(message, signal);
        this.position.remove(mark);
      });
    }
  }

  /** Discord also tells of changes that are not its author's, such as a preview of a link. */
  private onEdit(raw: GatewayMessageUpdateDispatchData): void {
    const message = readMessage(raw);
    if (message?.editedAt !== undefined) {
      this.submit(message.threadId, async (signal) => {
        const { guild_id: guildId = '', member } = raw;
        const isAllowed =
          member === undefined
            ? await persist(() => this.operators.have(guildId, message.authorId), signal)
            : this.operators.include(member.roles);
        await (isAllowed && this.inbox.follow(message, signal));
      });
    }
  }

  private onDeletion(threadId: string, messageIds: readonly string[]): void {
    this.submit(threadId, (signal) => this.inbox.takeBack(threadId, messageIds, signal));
  }

  /** Its first answer cannot wait for its turn. */
  private async onInteraction(interaction: APIInteraction): Promise<void> {
    const name = commandOf(interaction);
    if (name === undefined) {
      return;
    }
    const command = interaction as CommandInteraction;
    if (!this.operators.include(command.member?.roles)) {
      await this.commands.refuse(command, RESULTS.notAllowed);
      return;
    }
    const isAcknowledged = this.commands.acknowledge(command, name);
    this.submit(command.channel.id, async (signal) => {
      await ((await isAcknowledged) && this.commands.carryOut(command, name, signal));
    });
  }

  private submit(threadId: string, work: ThreadWork): void {
    if (this.queues.size + (this.held?.length ?? 0) >= MOST_WAITING) {
      this.logger.warn({ msg: 'too much waits to be done for Discord; it is asked for again' });
      this.gateway.letGo();
      return;
    }
    const add = (): void => this.queues.add(threadId, (signal) => this.carefully(work, signal));
    if (this.held === undefined) {
      add();
    } else {
      this.held.push(add);
    }
  }

  private async carefully(work: ThreadWork, signal: AbortSignal): Promise<void> {
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) {
        const name = error instanceof Error ? error.name : typeof error;
        this.logger.error({ msg: 'something an operator did on Discord came to nothing', error_name: name });
      }
    }
  }
}

function commandOf(interaction: APIInteraction): CommandName | undefined {
  const type: number = interaction.type;
  const isCommand = type === APPLICATION_COMMAND && 'data' in interaction && interaction.data !== undefined;
  if (!isCommand || !('name' in interaction.data) || !('type' in interaction.data)) {
    return undefined;
  }
  const { name, type: kind } = interaction.data;
  return (kind as number) === CHAT_INPUT && isCommandName(name) ? name : undefined;
}
