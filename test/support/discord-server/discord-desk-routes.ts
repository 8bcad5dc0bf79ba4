import type { DiscordInteractions } from './discord-interactions.js';
import type { Answer } from './discord-routes.js';
import type { RecordedCall } from './discord-server.js';
import {
  describeChannel,
  GUILD_ID,
  type DiscordState,
  type Message,
  type MessageBody,
} from './discord-state.js';

export type DeskSide = DiscordInteractions;

const DONE: Answer = { status: 204, body: {} };

/** The routes that only a bot with a desk needs; undefined for every other call. */
export function answerDeskCall(
  state: DiscordState,
  { method, path, body }: RecordedCall,
  interactions: DeskSide,
): Answer | undefined {
  const route = (pattern: RegExp): readonly string[] | undefined =>
    pattern.exec(`${method} ${path}`)?.slice(1).map(decodeURIComponent);

  if (route(/^GET \/guilds\/(\d+)\/threads\/active$/)?.[0] === GUILD_ID) {
    return threads(state, false);
  }
  if (route(/^GET \/channels\/(\d+)\/threads\/archived\/public$/)?.[0] === state.channelId) {
    return threads(state, true);
  }
  const member = route(/^GET \/guilds\/\d+\/members\/(\d+)$/);
  if (member !== undefined) {
    const roles = state.roles.get(member[0] ?? '');
    return roles === undefined
      ? { status: 404, body: { message: 'Unknown Member', code: 10007 } }
      : { status: 200, body: { user: { id: member[0] }, roles } };
  }
  const reaction = route(/^PUT \/channels\/(\d+)\/messages\/(\d+)\/reactions\/([^/]+)\/@me$/);
  if (reaction !== undefined) {
    const [channelId = '', messageId = '', emoji = ''] = reaction;
    return react(
      state.channels.get(channelId)?.messages.find(({ id }) => id === messageId),
      emoji,
    );
  }
  if (route(/^GET \/applications\/(\d+)\/guilds\/\d+\/commands$/) !== undefined) {
    return { status: 200, body: state.commands };
  }
  if (route(/^PUT \/applications\/(\d+)\/guilds\/\d+\/commands$/) !== undefined) {
    // Discord adds ids, and what it says of every command.
    state.commands = (body as object[]).map((command, index) => ({
      id: String(index + 1),
      version: '1',
      nsfw: false,
      ...command,
    }));
    return { status: 200, body: state.commands };
  }
  const callback = route(/^POST \/interactions\/(\d+)\/([^/]+)\/callback$/);
  if (callback !== undefined) {
    return interactions.acknowledge(callback[1] ?? '', body as { type: number; data?: MessageBody });
  }
  const original = route(/^PATCH \/webhooks\/\d+\/([^/]+)\/messages\/@original$/);
  return original && interactions.edit(original[0] ?? '', body as MessageBody);
}

function threads(state: DiscordState, isArchived: boolean): Answer {
  const list = state.threads.filter((thread) => thread.isArchived === isArchived).map(describeChannel);
  return { status: 200, body: { threads: list, members: [], has_more: false } };
}

function react(message: Message | undefined, emoji: string): Answer {
  if (message === undefined) {
    return { status: 404, body: { message: 'Unknown Message', code: 10008 } };
  }
  if (!message.reactions.some(({ emoji: { name } }) => name === emoji)) {
    message.reactions.push({ emoji: { id: null, name: emoji }, count: 1, me: true });
  }
  return DONE;
}
