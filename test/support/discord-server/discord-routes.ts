import { answerDeskCall, type DeskSide } from './discord-desk-routes.js';
import type { RecordedCall } from './discord-server.js';
import {
  BOT,
  describeChannel,
  type Channel,
  type DiscordState,
  type Message,
  type MessageBody,
} from './discord-state.js';

const MAX_DESCRIPTION = 4_096;
const MAX_NONCE = 25;
const MAX_NAME = 100;
const DEFAULT_PAGE = 50;

export interface Answer {
  readonly status: number;
  readonly body: object;
  /** What whoever is connected to the gateway is told because of it. */
  readonly event?: readonly [type: string, data: object];
}

const unknownChannel: Answer = { status: 404, body: { message: 'Unknown Channel', code: 10003 } };
const invalidForm: Answer = { status: 400, body: { message: 'Invalid Form Body', code: 50035 } };

/** The routes of Discord's API, version 10, that a bot with threads needs. */
export function answerCall(
  state: DiscordState,
  call: RecordedCall,
  gatewayUrl: string,
  desk: DeskSide,
): Answer {
  const { method, path, query } = call;
  const atDesk = answerDeskCall(state, call, desk);
  if (atDesk !== undefined) {
    return atDesk;
  }
  if (method === 'GET' && path === '/users/@me') {
    return { status: 200, body: BOT };
  }
  if (method === 'GET' && path === '/gateway/bot') {
    const limit = { total: 1_000, remaining: 1_000, reset_after: 86_400_000, max_concurrency: 1 };
    return { status: 200, body: { url: gatewayUrl, shards: 1, session_start_limit: limit } };
  }
  const [, channelId = '', rest = ''] = /^\/channels\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const channel = state.channels.get(channelId);
  if (channel === undefined) {
    return unknownChannel;
  }
  const threadOf = /^\/messages\/(\d+)\/threads$/.exec(rest)?.[1];
  switch (`${method} ${threadOf === undefined ? rest : '/threads'}`) {
    case 'GET ':
      return { status: 200, body: describeChannel(channel) };
    case 'PATCH ':
      return changeThread(channel, call.body as { archived?: boolean; locked?: boolean });
    case 'GET /messages':
      return { status: 200, body: page(channel.messages, query) };
    case 'POST /messages':
      return createMessage(state, channel, call.body as MessageBody);
    case 'POST /threads':
      return startThread(
        state,
        channel,
        threadOf ?? '',
        call.body as { name: string; auto_archive_duration: number },
      );
    default:
      return { status: 404, body: { message: '404: Not Found', code: 0 } };
  }
}

function createMessage(state: DiscordState, channel: Channel, body: MessageBody): Answer {
  if (channel.isLocked) {
    return { status: 400, body: { message: 'This thread is locked', code: 160005 } };
  }
  if (channel.isArchived) {
    return {
      status: 400,
      body: { message: 'Tried to perform an operation on an archived thread', code: 50083 },
    };
  }
  const { embeds = [], content = '', nonce = '' } = body;
  const isTooLong = embeds.some(({ description = '' }) => description.length > MAX_DESCRIPTION);
  if (isTooLong || nonce.length > MAX_NONCE || (embeds.length === 0 && content === '')) {
    return invalidForm;
  }
  const before = channel.last_message_id;
  const message = state.addMessage(channel, body);
  return channel.last_message_id === before
    ? { status: 200, body: message }
    : { status: 200, body: message, event: ['MESSAGE_CREATE', { ...message, guild_id: channel.guild_id }] };
}

function startThread(
  state: DiscordState,
  channel: Channel,
  messageId: string,
  { name, auto_archive_duration: autoArchive }: { name: string; auto_archive_duration: number },
): Answer {
  if (!channel.messages.some(({ id }) => id === messageId)) {
    return { status: 404, body: { message: 'Unknown Message', code: 10008 } };
  }
  if (state.channels.has(messageId)) {
    return {
      status: 400,
      body: { message: 'A thread has already been created for this message', code: 160004 },
    };
  }
  return name === '' || name.length > MAX_NAME
    ? invalidForm
    : opened(describeChannel(state.addThread(messageId, name, autoArchive)));
}

function opened(thread: object): Answer {
  return { status: 201, body: thread, event: ['THREAD_CREATE', { ...thread, newly_created: true }] };
}

function changeThread(
  channel: Channel,
  { archived, locked }: { archived?: boolean; locked?: boolean },
): Answer {
  channel.isArchived = archived ?? channel.isArchived;
  channel.isLocked = locked ?? channel.isLocked;
  return { status: 200, body: describeChannel(channel) };
}

/** Newest first, except after an id. */
function page(messages: readonly Message[], query: URLSearchParams): Message[] {
  const limit = Number(query.get('limit') ?? DEFAULT_PAGE);
  const after = query.get('after');
  const before = query.get('before');
  const chosen = messages.filter(
    ({ id }) =>
      (after === null || BigInt(id) > BigInt(after)) && (before === null || BigInt(id) < BigInt(before)),
  );
  return (after === null ? chosen.slice(-limit) : chosen.slice(0, limit)).toReversed();
}
