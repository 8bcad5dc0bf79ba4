import { toHistoryItem, type HistoryItem } from '../dto/history-item.response.js';
import { dataLine } from '../streaming/encodings/stream-encoding.js';
import type { ErrorEvent } from '../streaming/stream-event.js';
import { toTurn, type TurnRow } from '../turn.js';

/** The first event of a stream: it tells the place to read on after, and whether an operator answers. */
export interface ReadyEvent {
  readonly type: 'ready';
  readonly operator: boolean;
}

/** An operator answers from now on, or a model does. */
export interface OperatorPresenceEvent {
  readonly type: 'operator_joined' | 'operator_left';
}

export interface ReplyEvent extends HistoryItem {
  readonly type: 'reply';
}

export interface OperatorMessageEvent {
  readonly type: 'operator_message' | 'operator_message_edited';
  readonly id: string;
  readonly text: string;
  readonly created_at: string;
  readonly edited_at: string | null;
}

export interface OperatorMessageWithdrawnEvent {
  readonly type: 'operator_message_withdrawn';
  readonly id: string;
}

/** Everything before this place was removed. */
export interface HistoryErasedEvent {
  readonly type: 'history_erased';
}

/** What has a place in the conversation. */
export type PlacedEvent = ReplyEvent | OperatorMessageEvent | OperatorMessageWithdrawnEvent;

export type NewsEvent = ReadyEvent | OperatorPresenceEvent | HistoryErasedEvent | PlacedEvent | ErrorEvent;

interface ReplyRow extends TurnRow {
  readonly message_type: 'assistant';
}

/** The message is where a turn has its reply. */
interface OperatorMessageRow {
  readonly message_type: 'operator';
  readonly reply_id: string;
  readonly reply_content: string;
  readonly reply_timestamp: Date;
  readonly edited_at: Date | null;
  readonly is_withdrawn: boolean;
  /** Whether its place is that of its last change instead of its own. */
  readonly is_change: boolean;
}

export type NewsEventRow = ReplyRow | OperatorMessageRow;

export function toNewsEvent(row: NewsEventRow): PlacedEvent {
  if (row.message_type === 'assistant') {
    return Object.assign({ type: 'reply' as const }, toHistoryItem(toTurn(row)));
  }
  if (row.is_withdrawn) {
    return { type: 'operator_message_withdrawn', id: row.reply_id };
  }
  return {
    type: row.is_change ? 'operator_message_edited' : 'operator_message',
    id: row.reply_id,
    text: row.reply_content,
    created_at: row.reply_timestamp.toISOString(),
    edited_at: row.edited_at?.toISOString() ?? null,
  };
}

/** What has no place bears no id: a client reads on after the last id it has seen. */
export function encodeNews(event: NewsEvent, place?: number): string {
  const id = place === undefined ? '' : `id: ${place}\n`;
  return `${id}event: ${event.type}\n${dataLine(event)}`;
}
