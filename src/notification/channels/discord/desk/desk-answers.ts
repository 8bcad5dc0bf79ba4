import { Logger } from '@nestjs/common';
import { ChannelUnavailable } from '../../../delivery/delivery-errors.js';
import type { OperatorNotices } from '../../../delivery/operator-notices.js';
import { DiscordFailure } from '../discord-api.js';
import { DISCORD_CODE } from '../discord-error.js';
import { deliveryNonce } from '../session-threads.js';
import type { DeskApi, InteractionKey } from './desk-api.js';
import { meaningOf, persist } from './persist.js';
import { ThreadQueues } from './thread-queues.js';

const PASSED_ON = '✅';
const NOT_PASSED_ON = '🚫';
const PART = 'desk';
/** Beyond so many, marks are left out: they are a comfort, and Discord allows four a second. */
const MOST_WAITING = 1_000;
/** Nothing to be mended: what was to be marked or answered is gone, or its author shuts the bot out. */
const GONE: readonly (number | undefined)[] = [
  DISCORD_CODE.unknownChannel,
  DISCORD_CODE.unknownMessage,
  DISCORD_CODE.archivedThread,
  DISCORD_CODE.reactionBlocked,
  DISCORD_CODE.tooManyReactions,
];
/** The interaction's token is over or was never good. */
const TOKEN_OVER: readonly (number | undefined)[] = [
  DISCORD_CODE.unknownWebhook,
  DISCORD_CODE.unknownInteraction,
  DISCORD_CODE.unknownMessage,
  DISCORD_CODE.invalidWebhookToken,
];

/** What operators are told in return. It is in order in each thread, and nothing else waits for it. */
export class DeskAnswers {
  private readonly logger = new Logger('DiscordDesk');
  private readonly queues = new ThreadQueues();

  constructor(
    private readonly api: DeskApi,
    private readonly notices: OperatorNotices,
  ) {}

  /** The visitor can read the message. */
  confirm(threadId: string, messageId: string): void {
    this.mark(threadId, messageId, PASSED_ON);
  }

  /** The visitor cannot read it, or not all of it: says why. The mark comes last, for it says that this was told. */
  explain(threadId: string, messageId: string, text: string, isPassedOn = false): void {
    this.add(threadId, () => this.api.say(threadId, text, deliveryNonce(messageId, text), messageId));
    this.mark(threadId, messageId, isPassedOn ? PASSED_ON : NOT_PASSED_ON);
  }

  /** What came of a command: in place of "is thinking", or in the thread where Discord takes no more answer. */
  report(threadId: string, interaction: InteractionKey, text: string, isEphemeral: boolean): void {
    this.add(threadId, async () => {
      try {
        await this.api.editAnswer(interaction, text);
      } catch (error) {
        if (!(error instanceof DiscordFailure && TOKEN_OVER.includes(error.code))) {
          throw error;
        }
        if (!isEphemeral) {
          await this.api.say(threadId, text, deliveryNonce(interaction.id, 'answer'));
        }
      }
    });
  }

  stop(): void {
    this.queues.clear();
  }

  private mark(threadId: string, messageId: string, emoji: string): void {
    if (this.queues.size < MOST_WAITING) {
      this.add(threadId, () => this.api.react(threadId, messageId, emoji));
    }
  }

  private add(threadId: string, work: () => Promise<void>): void {
    this.queues.add(threadId, async (signal) => {
      try {
        await persist(work, signal);
        this.notices.clear(PART);
      } catch (error) {
        if (!signal.aborted && !(error instanceof DiscordFailure && GONE.includes(error.code))) {
          this.complain(meaningOf(error));
        }
      }
    });
  }

  private complain(error: unknown): void {
    if (error instanceof ChannelUnavailable) {
      this.notices.report(PART, error.message, 'error');
      return;
    }
    const name = error instanceof Error ? error.name : typeof error;
    this.logger.error({ msg: 'an operator could not be answered on Discord', error_name: name });
  }
}
