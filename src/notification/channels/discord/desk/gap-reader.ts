import { Logger } from '@nestjs/common';
import { ChannelUnavailable } from '../../../delivery/delivery-errors.js';
import type { OperatorNotices } from '../../../delivery/operator-notices.js';
import { DiscordFailure } from '../discord-api.js';
import { DISCORD_CODE } from '../discord-error.js';
import type { CatchUp, Gap } from './catch-up.js';
import { areSameCommands, DESK_COMMANDS } from './desk-commands.js';
import type { DeskApi } from './desk-api.js';
import { meaningOf, persist } from './persist.js';
import type { ReadPosition } from './read-position.js';
import type { ThreadWork } from './thread-queues.js';

const PART = 'desk';
const NO_COMMANDS =
  'the bot may not have commands in its server; invite it again, with the scopes "bot" and "applications.commands"';

/** What a replica does when it has begun to be told of events: makes up for the time before, and shows the commands. */
export class GapReader {
  private readonly logger = new Logger('DiscordDesk');

  constructor(
    private readonly api: DeskApi,
    private readonly catchUp: CatchUp,
    private readonly position: ReadPosition,
    private readonly notices: OperatorNotices,
    private readonly channelId: string,
  ) {}

  /** Adds what is to be read to the work of each thread. What cannot be read stays behind the position, for later. */
  async read(
    applicationId: string,
    signal: AbortSignal,
    add: (threadId: string, work: ThreadWork) => void,
  ): Promise<void> {
    try {
      const guildId = await persist(() => this.api.guildOf(this.channelId), signal);
      void this.registerCommands(applicationId, guildId, signal);
      const after = await persist(() => this.position.load(), signal);
      if (after !== undefined) {
        const gap = await persist(() => this.catchUp.find(this.channelId, guildId, after), signal);
        signal.throwIfAborted();
        for (const threadId of gap.threadIds) {
          add(threadId, this.readThread(threadId, gap));
        }
      }
      signal.throwIfAborted();
      this.position.resume();
      this.notices.clear(PART);
    } catch (error) {
      this.complain(error, signal);
    }
  }

  private readThread(threadId: string, gap: Gap): ThreadWork {
    const mark = this.position.mark(gap.since);
    return async (signal) => {
      try {
        await this.catchUp.read(threadId, gap, signal);
        this.position.remove(mark);
      } catch (error) {
        this.complain(error, signal);
      }
    };
  }

  /** Makes the server show the desk's commands, and no others of this application; writes only where they differ. */
  private async registerCommands(applicationId: string, guildId: string, signal: AbortSignal): Promise<void> {
    try {
      await persist(async () => {
        if (!areSameCommands(await this.api.commands(applicationId, guildId), DESK_COMMANDS)) {
          await this.api.setCommands(applicationId, guildId, DESK_COMMANDS);
        }
      }, signal);
    } catch (error) {
      const isUninvited = error instanceof DiscordFailure && error.code === DISCORD_CODE.missingAccess;
      this.complain(isUninvited ? new ChannelUnavailable(NO_COMMANDS, 'settings') : error, signal);
    }
  }

  private complain(error: unknown, signal: AbortSignal): void {
    const meaning = meaningOf(error);
    if (signal.aborted) {
      return;
    }
    if (meaning instanceof ChannelUnavailable) {
      this.notices.report(PART, meaning.message, 'error');
      return;
    }
    const name = meaning instanceof Error ? meaning.name : typeof meaning;
    this.logger.error({ msg: 'what operators wrote meanwhile could not be read', error_name: name });
  }
}
