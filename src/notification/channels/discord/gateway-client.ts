import type { Client, GatewayDispatchPayload } from 'discord.js';
import type { DiscordApiSettings } from './discord-api.js';

/** How often what the library insists on caching is thrown away, in seconds. */
const SWEEP_SECONDS = 60;
const TIMEOUT_MS = 10_000;

export interface GatewaySettings extends DiscordApiSettings {
  /** Whether it is to be told of messages and may read them, for which Discord asks a permission of its own. */
  readonly readsMessages: boolean;
}

/** How a connection to the gateway ended. */
export interface GatewayEnd {
  /** The code with which Discord closed it. */
  readonly closeCode: number;
}

/**
 * The Discord client of the replica that holds the gateway. It caches next to nothing: what happens is taken
 * from the raw events. Resuming and reconnecting is the library's work; only what it cannot mend ends it.
 */
export class GatewayClient {
  private constructor(
    private readonly client: Client,
    private readonly token: string,
    private readonly ended: Promise<GatewayEnd>,
  ) {}

  /** Loads the library; does not log in yet. */
  static async create(
    { apiUrl, botToken, readsMessages }: GatewaySettings,
    receive: (payload: GatewayDispatchPayload) => void,
  ): Promise<GatewayClient> {
    const {
      ActivityType,
      Client: DiscordClient,
      Events,
      GatewayIntentBits,
      Options,
    } = await import('discord.js');
    const client = new DiscordClient({
      // MessageContent is privileged: it has to be switched on in the Developer Portal.
      intents: [
        GatewayIntentBits.Guilds,
        ...(readsMessages ? [GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent] : []),
      ],
      rest: { api: apiUrl, timeout: TIMEOUT_MS, retries: 0 },
      presence: { activities: [{ name: 'sessions', type: ActivityType.Watching }] },
      makeCache: Options.cacheWithLimits({
        ApplicationCommandManager: 0,
        AutoModerationRuleManager: 0,
        BaseGuildEmojiManager: 0,
        GuildBanManager: 0,
        GuildEmojiManager: 0,
        GuildForumThreadManager: 0,
        GuildInviteManager: 0,
        GuildMemberManager: { maxSize: 0, keepOverLimit: (member) => member.id === member.client.user.id },
        GuildMessageManager: 0,
        GuildScheduledEventManager: 0,
        GuildStickerManager: 0,
        GuildTextThreadManager: 0,
        MessageManager: 0,
        PresenceManager: 0,
        ReactionManager: 0,
        ReactionUserManager: 0,
        StageInstanceManager: 0,
        ThreadManager: 0,
        ThreadMemberManager: 0,
        UserManager: { maxSize: 0, keepOverLimit: (user) => user.id === user.client.user.id },
        VoiceStateManager: 0,
      }),
      // The library keeps every thread it hears of in one more cache, which has no limit.
      sweepers: { threads: { interval: SWEEP_SECONDS, filter: () => () => true } },
    });
    const ended = new Promise<GatewayEnd>((resolve) => {
      client.once(Events.ShardDisconnect, ({ code }) => resolve({ closeCode: code }));
    });
    // Told again by a close code where it matters; without a listener it would end the process.
    client.on(Events.Error, () => undefined);
    client.on(Events.ShardError, () => undefined);
    client.on(Events.Raw, receive);
    return new GatewayClient(client, botToken, ended);
  }

  /**
   * Logs in and stays connected until Discord closes the connection for good.
   *
   * @throws what the library throws while it logs in, for example because the token is wrong.
   */
  stayConnected(): Promise<GatewayEnd> {
    return Promise.race([this.client.login(this.token).then(() => this.ended), this.ended]);
  }

  close(): Promise<void> {
    return this.client.destroy();
  }
}
