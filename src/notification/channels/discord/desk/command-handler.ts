import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { APIChatInputApplicationCommandInteraction } from 'discord.js';
import type { OperatorDesk } from '../../../../chat/desk/operator-desk.service.js';
import { DiscordFailure } from '../discord-api.js';
import { DISCORD_CODE } from '../discord-error.js';
import { describeSession, RESULTS } from './command-texts.js';
import type { DeskAnswers } from './desk-answers.js';
import type { DeskApi } from './desk-api.js';
import { DEFAULT_BLOCK_HOURS, HOURS_OPTION, type CommandName } from './desk-commands.js';
import { externalIdOf, type OperatorInbox } from './operator-inbox.js';
import { persist } from './persist.js';

/** Discord gives three seconds for the first answer; part of them is the network's. */
const ANSWER_WITHIN_MS = 2_500;
const LOOK_UP_WITHIN_MS = 1_000;
const TRY_AGAIN_MS = 200;
const HOUR_MS = 3_600_000;

export type CommandInteraction = APIChatInputApplicationCommandInteraction;

/** Carries out operators' commands, each once, and says what came of it. */
export class CommandHandler {
  private readonly logger = new Logger('DiscordDesk');

  constructor(
    private readonly api: DeskApi,
    private readonly desk: OperatorDesk,
    private readonly inbox: OperatorInbox,
    private readonly answers: DeskAnswers,
  ) {}

  /**
   * The first answer, within the time that Discord gives.
   *
   * @returns false where the command is not to be carried out: its member has been told so.
   */
  async acknowledge(interaction: CommandInteraction, name: CommandName): Promise<boolean> {
    // A database that is slow or away must not cost the first answer.
    const isElsewhere = await Promise.race([
      this.inbox.sessionOf(interaction.channel.id).then(
        (sessionId) => sessionId === undefined,
        () => false,
      ),
      delay(LOOK_UP_WITHIN_MS, false),
    ]);
    if (isElsewhere) {
      await this.refuse(interaction, RESULTS.elsewhere);
      return false;
    }
    return this.answerFirst(() => this.api.defer(interaction, name === 'info'));
  }

  async refuse(interaction: CommandInteraction, text: string): Promise<void> {
    await this.answerFirst(() => this.api.refuse(interaction, text));
  }

  async carryOut(interaction: CommandInteraction, name: CommandName, signal: AbortSignal): Promise<void> {
    let text: string;
    try {
      text = await persist(() => this.act(interaction, name), signal);
    } catch (error) {
      signal.throwIfAborted();
      const errorName = error instanceof Error ? error.name : typeof error;
      this.logger.error({ msg: 'a command could not be carried out', command: name, error_name: errorName });
      text = RESULTS.failed;
    }
    this.answers.report(interaction.channel.id, interaction, text, name === 'info');
  }

  private async act(interaction: CommandInteraction, name: CommandName): Promise<string> {
    const sessionId = await this.inbox.sessionOf(interaction.channel.id);
    if (sessionId === undefined) {
      return RESULTS.elsewhere;
    }
    const commandId = externalIdOf(interaction.id);
    switch (name) {
      case 'takeover':
        return RESULTS.takeover[await this.desk.takeOver(sessionId, commandId)];
      case 'handback':
        return RESULTS.handback[await this.desk.handBack(sessionId, commandId)];
      case 'end':
        return RESULTS.end[await this.desk.end(sessionId, commandId)];
      case 'block': {
        const hours = hoursOf(interaction);
        return RESULTS.block(hours)[await this.desk.block(sessionId, commandId, hours * HOUR_MS)];
      }
      case 'info': {
        const description = await this.desk.describe(sessionId);
        return description === undefined ? RESULTS.elsewhere : describeSession(description);
      }
    }
  }

  /**
   * Whether the member sees an answer. Where nobody knows, they may: then the command goes on, and what came of it
   * is told in the thread if need be.
   */
  private async answerFirst(answer: () => Promise<void>): Promise<boolean> {
    const deadline = performance.now() + ANSWER_WITHIN_MS;
    for (;;) {
      try {
        await answer();
        return true;
      } catch (error) {
        const code = error instanceof DiscordFailure ? error.code : undefined;
        if (code === DISCORD_CODE.alreadyAcknowledged) {
          return true;
        }
        if (code === DISCORD_CODE.unknownInteraction) {
          // Too late: the member was told that it failed, so it must not take effect.
          this.logger.warn({ msg: 'a command came too late to be answered, and was left' });
          return false;
        }
        if (performance.now() + TRY_AGAIN_MS > deadline) {
          this.logger.warn({ msg: 'nobody knows whether a command was answered in time' });
          return true;
        }
        await delay(TRY_AGAIN_MS);
      }
    }
  }
}

function hoursOf({ data: { options = [] } }: CommandInteraction): number {
  const option = options.find(({ name }) => name === HOURS_OPTION);
  return option !== undefined && 'value' in option && typeof option.value === 'number'
    ? option.value
    : DEFAULT_BLOCK_HOURS;
}
