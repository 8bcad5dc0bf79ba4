const DISCORD_EPOCH_MS = 1_420_070_400_000n;
const TEXT_CHANNEL = 0;
const PUBLIC_THREAD = 11;

export interface Embed {
  readonly title?: string;
  readonly description?: string;
  readonly color?: number;
  readonly timestamp?: string;
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
  readonly footer?: { readonly text: string };
}

export interface MessageBody {
  readonly content?: string;
  readonly embeds?: readonly Embed[];
  readonly nonce?: string;
  readonly enforce_nonce?: boolean;
  readonly allowed_mentions?: { readonly parse?: readonly string[] };
}

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly bot: boolean;
  readonly discriminator?: string;
  readonly global_name?: string | null;
  readonly avatar?: null;
}

/** Whoever writes a message that is not the bot's, and what it is made of beside its text. */
export interface MessageExtras {
  readonly author?: Person;
  readonly type?: number;
  readonly webhook_id?: string;
  readonly attachments?: readonly object[];
  readonly mentions?: readonly Person[];
}

export interface Reaction {
  readonly emoji: { readonly id: null; readonly name: string };
  readonly count: number;
  readonly me: boolean;
}

export interface Message extends MessageBody {
  readonly id: string;
  readonly channel_id: string;
  readonly type: number;
  readonly author: Person;
  readonly timestamp: string;
  readonly webhook_id?: string;
  readonly attachments: readonly object[];
  readonly mentions: readonly Person[];
  readonly reactions: Reaction[];
  content?: string;
  edited_timestamp: string | null;
}

export interface Channel {
  readonly id: string;
  readonly type: number;
  readonly guild_id: string;
  readonly name: string;
  readonly parent_id: string | null;
  readonly auto_archive_duration: number | null;
  isArchived: boolean;
  isLocked: boolean;
  /** Of the last message there ever was, even if it has been deleted since. */
  last_message_id: string | null;
  readonly messages: Message[];
}

export const BOT = {
  id: '900000000000000001',
  username: 'parley',
  discriminator: '0',
  bot: true,
  avatar: null,
};
export const GUILD_ID = '800000000000000001';

let lastId = 0n;

/** A new id in Discord's way: the time in its upper bits, never the same twice. */
export function newSnowflake(): string {
  const now = (BigInt(Date.now()) - DISCORD_EPOCH_MS) << 22n;
  lastId = now > lastId ? now : lastId + 1n;
  return String(lastId);
}

/** What Discord keeps: one text channel, its threads and their messages. */
export class DiscordState {
  readonly channels = new Map<string, Channel>();
  /** The roles of each member of the server. */
  readonly roles = new Map<string, readonly string[]>();
  /** The slash commands of the bot, as it has last set them. */
  commands: readonly object[] = [];
  /** How long a nonce is remembered. */
  nonceWindowMs = 300_000;
  private readonly nonces = new Map<string, { readonly message: Message; readonly at: number }>();

  constructor(readonly channelId: string) {
    this.addChannel(channelId, TEXT_CHANNEL, 'support', null, null);
  }

  get channel(): Channel {
    const channel = this.channels.get(this.channelId);
    if (channel === undefined) {
      throw new Error('the channel has been deleted');
    }
    return channel;
  }

  get threads(): Channel[] {
    return [...this.channels.values()].filter(({ type }) => type === PUBLIC_THREAD);
  }

  /** With an enforced nonce that was used in the channel a while ago, the message of that time. */
  addMessage(channel: Channel, body: MessageBody, extras: MessageExtras = {}): Message {
    const key = body.enforce_nonce === true ? `${channel.id}:${body.nonce ?? ''}` : undefined;
    const earlier = key === undefined ? undefined : this.nonces.get(key);
    if (earlier !== undefined && Date.now() - earlier.at < this.nonceWindowMs) {
      return earlier.message;
    }
    const message: Message = {
      ...body,
      id: newSnowflake(),
      channel_id: channel.id,
      type: 0,
      author: BOT,
      timestamp: new Date().toISOString(),
      edited_timestamp: null,
      attachments: [],
      mentions: [],
      reactions: [],
      ...extras,
    };
    channel.messages.push(message);
    channel.last_message_id = message.id;
    if (key !== undefined) {
      this.nonces.set(key, { message, at: Date.now() });
    }
    return message;
  }

  /** A thread has the id of the message it hangs on. */
  addThread(messageId: string, name: string, autoArchive: number): Channel {
    return this.addChannel(messageId, PUBLIC_THREAD, name, this.channelId, autoArchive);
  }

  private addChannel(
    id: string,
    type: number,
    name: string,
    parentId: string | null,
    autoArchive: number | null,
  ): Channel {
    const channel: Channel = {
      id,
      type,
      guild_id: GUILD_ID,
      name,
      parent_id: parentId,
      auto_archive_duration: autoArchive,
      isArchived: false,
      isLocked: false,
      last_message_id: null,
      messages: [],
    };
    this.channels.set(id, channel);
    return channel;
  }
}

/** As the API shows it. */
export function describeChannel({ isArchived, isLocked, messages: _, ...channel }: Channel): object {
  return { ...channel, thread_metadata: { archived: isArchived, locked: isLocked } };
}
