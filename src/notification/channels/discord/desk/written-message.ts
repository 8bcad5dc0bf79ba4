import type { APIBaseMessage, APIUser } from 'discord.js';
import { plainText } from './plain-text.js';

/** What somebody wrote in a thread, as far as the desk cares. */
export interface WrittenMessage {
  readonly id: string;
  readonly threadId: string;
  readonly authorId: string;
  /** What the visitor may read of it; empty where it has no text. */
  readonly text: string;
  /** Whether it stays among operators. */
  readonly isNote: boolean;
  /** Whether it has more than text, such as a file. */
  readonly hasMore: boolean;
  readonly editedAt: Date | undefined;
  /** Whether the bot has reacted to it, which it does once it is dealt with. Known of messages that were asked for. */
  readonly isMarked: boolean;
}

const NOTE_MARK = '//';
/** A message, and a message that replies to another one. Everything else is of Discord's own making. */
const WRITTEN_TYPES: readonly number[] = [0, 19];

/** @returns undefined for what no person has written. */
export function readMessage(
  message: APIBaseMessage & { readonly mentions: readonly APIUser[] },
): WrittenMessage | undefined {
  const { id, channel_id, author, content, attachments, sticker_items = [] } = message;
  const isOfPerson = author.bot !== true && author.system !== true && message.webhook_id === undefined;
  if (!isOfPerson || !WRITTEN_TYPES.includes(message.type)) {
    return undefined;
  }
  const text = plainText(content, message.mentions);
  return {
    id,
    threadId: channel_id,
    authorId: author.id,
    text: text.trim() === '' ? '' : text,
    isNote: content.trimStart().startsWith(NOTE_MARK),
    hasMore: attachments.length + sticker_items.length > 0 || message.poll !== undefined,
    editedAt: message.edited_timestamp === null ? undefined : new Date(message.edited_timestamp),
    isMarked: message.reactions?.some(({ me }) => me) ?? false,
  };
}
