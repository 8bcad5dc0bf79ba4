import type { GatewayMessageDeleteBulkDispatchData, GatewayMessageDeleteDispatchData } from 'discord.js';
import type { Interaction } from './discord-interactions.js';
import type { DiscordServer } from './discord-server.js';
import {
  BOT,
  GUILD_ID,
  newSnowflake,
  type Channel,
  type Message,
  type MessageExtras,
  type Person,
} from './discord-state.js';

export interface MemberOptions {
  readonly roles?: readonly string[];
  readonly isBot?: boolean;
}

const ROLE_NEEDED_BY_NOBODY = '600000000000000009';

/** Somebody on the server: what they do happens, and whoever is connected to the gateway is told. */
export class DiscordMember {
  readonly person: Person;
  readonly roles: readonly string[];

  constructor(
    private readonly discord: DiscordServer,
    { roles = [ROLE_NEEDED_BY_NOBODY], isBot = false }: MemberOptions,
  ) {
    this.roles = roles;
    this.person = {
      id: newSnowflake(),
      username: 'somebody',
      discriminator: '0',
      global_name: 'Some Body',
      avatar: null,
      bot: isBot,
    };
    discord.state.roles.set(this.person.id, roles);
  }

  write(thread: Channel, content: string, extras: MessageExtras = {}): Message {
    const message = this.discord.state.addMessage(thread, { content }, { author: this.person, ...extras });
    this.tell('MESSAGE_CREATE', message);
    return message;
  }

  edit(message: Message, content: string): void {
    message.content = content;
    message.edited_timestamp = new Date().toISOString();
    this.tell('MESSAGE_UPDATE', message);
  }

  delete(thread: Channel, ...messages: readonly Message[]): void {
    const ids = messages.map(({ id }) => id);
    const left = thread.messages.filter(({ id }) => !ids.includes(id));
    thread.messages.splice(0, thread.messages.length, ...left);
    const [id = ''] = ids;
    const place = { channel_id: thread.id, guild_id: GUILD_ID };
    if (ids.length === 1) {
      this.discord.gateway.dispatch('MESSAGE_DELETE', {
        id,
        ...place,
      } satisfies GatewayMessageDeleteDispatchData);
    } else {
      this.discord.gateway.dispatch('MESSAGE_DELETE_BULK', {
        ids,
        ...place,
      } satisfies GatewayMessageDeleteBulkDispatchData);
    }
  }

  /** What Discord tells of a message; again, for an event that is told twice. */
  tell(type: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE', message: Message): void {
    const { roles } = this;
    const member = { roles, joined_at: new Date(0).toISOString(), deaf: false, mute: false, flags: 0 };
    this.discord.gateway.dispatch(type, { ...message, reactions: undefined, guild_id: GUILD_ID, member });
  }

  /** Gives a slash command; see the interaction for what comes of it. */
  command(thread: Channel, name: string, options: Readonly<Record<string, number>> = {}): Interaction {
    const interaction = this.discord.interactions.create();
    this.tellCommand(interaction, thread, name, options);
    return interaction;
  }

  tellCommand(
    { id, token }: Interaction,
    thread: Channel,
    name: string,
    options: Readonly<Record<string, number>> = {},
  ): void {
    const data = {
      id: '1',
      type: 1,
      name,
      options: Object.entries(options).map(([option, value]) => ({ type: 4, name: option, value })),
    };
    this.discord.gateway.dispatch('INTERACTION_CREATE', {
      id,
      token,
      application_id: BOT.id,
      type: 2,
      version: 1,
      guild_id: GUILD_ID,
      channel_id: thread.id,
      channel: { id: thread.id, type: thread.type },
      member: {
        user: this.person,
        roles: this.roles,
        permissions: '0',
        joined_at: new Date(0).toISOString(),
      },
      app_permissions: '0',
      attachment_size_limit: 10_000_000,
      authorizing_integration_owners: { 0: GUILD_ID },
      context: 0,
      entitlements: [],
      guild: { id: GUILD_ID, features: [], locale: 'en-US' },
      guild_locale: 'en-US',
      locale: 'en-US',
      data,
    });
  }
}
