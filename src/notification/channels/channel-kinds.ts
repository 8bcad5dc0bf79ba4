import type { ChannelKind } from './channel-kind.js';
import { discordChannel } from './discord/discord.channel.js';
import { logChannel } from './log.channel.js';
import { webhookChannel } from './webhook.channel.js';

/** Every kind of channel there is. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [logChannel, discordChannel, webhookChannel];
