import type { VisitorEmail } from '../../../auth/events/visitor-email.js';
import { DeliveryRefused } from '../../delivery/delivery-errors.js';
import { OperatorNotices } from '../../delivery/operator-notices.js';
import type { Fact, Notification, NotificationChannel, NotificationDetails } from '../../notification.js';
import type { ChannelKind, NotificationSettings } from '../channel-kind.js';
import { openDesk } from './desk/create-desk.js';
import type { DeskAnswers } from './desk/desk-answers.js';
import { DiscordApi, DiscordFailure } from './discord-api.js';
import { DISCORD_CODE } from './discord-error.js';
import { factEmbed } from './embeds.js';
import { GatewayHolder } from './gateway-holder.js';
import { deliveryNonce, SessionThreads } from './session-threads.js';

const NAME = 'discord';
const MESSAGE_FACTS: readonly Fact[] = ['MessageReceived', 'ReplyCompleted', 'ReplyFailed'];

/** Shows each session as a thread of one Discord channel. Every replica sends for itself, over HTTP. */
export class DiscordChannel implements NotificationChannel {
  readonly name = NAME;

  constructor(
    private readonly settings: NotificationSettings['discord'],
    private readonly api: DiscordApi,
    private readonly threads: SessionThreads,
    private readonly gateway: GatewayHolder,
    private readonly deskAnswers: DeskAnswers | undefined,
    readonly notices: OperatorNotices,
  ) {}

  start(): void {
    this.gateway.start();
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    this.deskAnswers?.stop();
  }

  /** An operator who answers has to see the question; the notice that somebody will is for the visitor only. */
  wants(fact: Fact, { outcome, isForOperator = false }: NotificationDetails): boolean {
    return (
      outcome !== 'operator' &&
      (this.settings.notifyMessages || isForOperator || !MESSAGE_FACTS.includes(fact))
    );
  }

  describeVisitor(email: VisitorEmail): string {
    return this.settings.showPersonalData ? email.reveal() : email.masked;
  }

  async deliver(notification: Notification): Promise<void> {
    try {
      await this.show(notification);
    } catch (error) {
      throw error instanceof DiscordFailure ? error.meaning : error;
    }
  }

  private async show(notification: Notification): Promise<void> {
    const threadId = await this.threads.find(notification.sessionId);
    if (notification.fact === 'SessionStarted') {
      await (threadId ?? this.threads.open(notification));
      return;
    }
    await this.post(threadId ?? (await this.threads.open(notification)), notification);
  }

  private async post(threadId: string, notification: Notification): Promise<void> {
    try {
      await this.postOnce(threadId, notification);
    } catch (error) {
      switch (error instanceof DiscordFailure ? error.code : undefined) {
        case DISCORD_CODE.unknownChannel:
          // Deleted. Where the channel is gone as well, opening another thread says so.
          await this.postOnce(await this.threads.open(notification, threadId), notification);
          break;
        case DISCORD_CODE.archivedThread:
          await this.api.reopenThread(threadId);
          await this.postOnce(threadId, notification);
          break;
        case DISCORD_CODE.threadLocked:
          throw new DeliveryRefused('its thread is locked on Discord; unlock it');
        default:
          throw error;
      }
    }
  }

  /** Where an earlier attempt may have got through, and Discord's memory of nonces may be over, it looks first. */
  private async postOnce(threadId: string, notification: Notification): Promise<void> {
    const embed = factEmbed(notification);
    const isThere =
      notification.mayBeDelivered &&
      (await this.api.findByFooter(threadId, embed.footer?.text ?? '')) !== undefined;
    if (!isThere) {
      await this.api.createMessage(threadId, embed, deliveryNonce(threadId, notification.id));
    }
  }
}

export const discordChannel: ChannelKind = {
  isEnabled: ({ discord }) => discord.enabled,
  create: async (surroundings) => {
    const { settings, database, connection } = surroundings;
    const { discord } = settings;
    const { apiUrl, botToken = '', channelId = '', showPersonalData, operatorRoleIds } = discord;
    const notices = new OperatorNotices(NAME);
    const api = await DiscordApi.create({ apiUrl, botToken });
    const threads = new SessionThreads(api, database, channelId, showPersonalData);
    const gateway = new GatewayHolder(
      { apiUrl, botToken, readsMessages: operatorRoleIds.length > 0 },
      connection,
      notices,
    );
    const deskAnswers = openDesk(surroundings, api, gateway, notices);
    return [new DiscordChannel(discord, api, threads, gateway, deskAnswers, notices)];
  },
};
