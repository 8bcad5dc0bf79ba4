import type {
  APIApplicationCommand,
  APIChannel,
  APIGuildMember,
  APIMessage,
  APIThreadChannel,
  APIThreadList,
  APIUser,
} from 'discord.js';
import { DiscordFailure, type DiscordApi } from '../discord-api.js';
import { DISCORD_CODE } from '../discord-error.js';
import type { DeskCommand } from './desk-commands.js';

/** What an interaction is answered with: Discord gives each a token of its own, good for 15 minutes. */
export interface InteractionKey {
  readonly id: string;
  readonly token: string;
  readonly application_id: string;
}

export const LONGEST_PAGE = 100;
const ANSWER_NOW = 4;
const ANSWER_LATER = 5;
const EPHEMERAL = 64;
const NO_MENTIONS = { parse: [] };

/** The calls to Discord that the desk needs beyond those of notifications; they fail in the same way. */
export class DeskApi {
  constructor(private readonly api: DiscordApi) {}

  async guildOf(channelId: string): Promise<string> {
    const channel = (await this.api.call((rest) => rest.get(`/channels/${channelId}`))) as APIChannel;
    if (!('guild_id' in channel)) {
      throw new Error('the channel belongs to no server');
    }
    return channel.guild_id;
  }

  /** The threads of a channel: all that are not archived, and those that were archived last. */
  async threadsOf(channelId: string, guildId: string): Promise<APIThreadChannel[]> {
    const query = new URLSearchParams({ limit: String(LONGEST_PAGE) });
    const [active, archived] = (await Promise.all([
      this.api.call((rest) => rest.get(`/guilds/${guildId}/threads/active`)),
      this.api.call((rest) => rest.get(`/channels/${channelId}/threads/archived/public`, { query })),
    ])) as [APIThreadList, APIThreadList];
    const threads = [...active.threads, ...archived.threads] as APIThreadChannel[];
    return threads.filter(({ parent_id }) => parent_id === channelId);
  }

  /** A page of messages, oldest first: the first ones after an id, or the last ones before one. */
  async messages(
    threadId: string,
    range: { readonly after: string } | { readonly before: string },
  ): Promise<APIMessage[]> {
    const query = new URLSearchParams({ limit: String(LONGEST_PAGE), ...range });
    const page = await this.api.call((rest) => rest.get(`/channels/${threadId}/messages`, { query }));
    return (page as APIMessage[]).toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
  }

  /** @returns undefined for somebody who is no member, or no more. */
  async rolesOf(guildId: string, userId: string): Promise<readonly string[] | undefined> {
    try {
      const member = await this.api.call((rest) => rest.get(`/guilds/${guildId}/members/${userId}`));
      return (member as APIGuildMember & { user: APIUser }).roles;
    } catch (error) {
      if (error instanceof DiscordFailure && error.code === DISCORD_CODE.unknownMember) {
        return undefined;
      }
      throw error;
    }
  }

  /** Repeating it changes nothing. */
  async react(threadId: string, messageId: string, emoji: string): Promise<void> {
    const name = encodeURIComponent(emoji);
    await this.api.call((rest) =>
      rest.put(`/channels/${threadId}/messages/${messageId}/reactions/${name}/@me`),
    );
  }

  /** Says something in a thread, as a reply where it is about a message; once for each nonce. */
  async say(threadId: string, text: string, nonce: string, replyTo?: string): Promise<void> {
    const body = {
      content: text,
      nonce,
      enforce_nonce: true,
      allowed_mentions: NO_MENTIONS,
      ...(replyTo === undefined
        ? {}
        : { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
    };
    await this.api.call((rest) => rest.post(`/channels/${threadId}/messages`, { body }));
  }

  /** Answers an interaction at once, to its member alone. */
  refuse(interaction: InteractionKey, text: string): Promise<void> {
    const data = { content: text, flags: EPHEMERAL, allowed_mentions: NO_MENTIONS };
    return this.respond(interaction, { type: ANSWER_NOW, data });
  }

  /** Says that the answer comes later, and whether its member alone will see it. */
  defer(interaction: InteractionKey, isEphemeral: boolean): Promise<void> {
    return this.respond(interaction, { type: ANSWER_LATER, data: { flags: isEphemeral ? EPHEMERAL : 0 } });
  }

  async editAnswer({ application_id, token }: InteractionKey, text: string): Promise<void> {
    const body = { content: text, allowed_mentions: NO_MENTIONS };
    await this.api.call((rest) =>
      rest.patch(`/webhooks/${application_id}/${token}/messages/@original`, { body, auth: false }),
    );
  }

  async commands(applicationId: string, guildId: string): Promise<APIApplicationCommand[]> {
    const path = `/applications/${applicationId}/guilds/${guildId}/commands` as const;
    return (await this.api.call((rest) => rest.get(path))) as APIApplicationCommand[];
  }

  async setCommands(applicationId: string, guildId: string, body: readonly DeskCommand[]): Promise<void> {
    await this.api.call((rest) =>
      rest.put(`/applications/${applicationId}/guilds/${guildId}/commands`, { body }),
    );
  }

  private async respond({ id, token }: InteractionKey, body: object): Promise<void> {
    await this.api.call((rest) => rest.post(`/interactions/${id}/${token}/callback`, { body, auth: false }));
  }
}
