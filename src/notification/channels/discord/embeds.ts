import type { APIEmbed, APIEmbedField } from 'discord.js';
import type { Notification } from '../../notification.js';
import { addressPrefix } from './address-prefix.js';
import { inertText, inertValue } from './inert-text.js';

const COLOURS = { blurple: 0x5865f2, green: 0x00ff00, orange: 0xff9900, red: 0xff0000, grey: 0x95a5a6 };
const LONGEST_VALUE = 1_000;

const END_REASONS: Readonly<Record<string, string>> = {
  signed_out: 'the visitor signed out',
  revoked: 'the visitor ended it from another session',
  replaced: 'the visitor signed in more often than an address may',
  expired: 'its time was over, or it had lain unused for too long',
  ended_by_operator: 'an operator ended it',
  blocked: 'an operator ended it and refuses the visitor a new one for a while',
};

/** `Session abcd1234` */
export function threadName(sessionId: string): string {
  return `Session ${sessionId.slice(0, 8)}`;
}

/** The message in the channel on which a session's thread hangs. */
export function sessionEmbed(notification: Notification, showPersonalData: boolean): APIEmbed {
  const { sessionId, details, address, happenedAt } = notification;
  const shownAddress = showPersonalData ? address : addressPrefix(address);
  return {
    title: `💬 ${threadName(sessionId)}`,
    color: COLOURS.blurple,
    fields: [
      ...(details.visitor === undefined ? [] : [field('Visitor', details.visitor)]),
      field('Address', shownAddress),
    ],
    footer: { text: threadName(sessionId) },
    timestamp: happenedAt.toISOString(),
  };
}

/** What the thread shows of a fact. Its footer is like no other in the thread, so that it can be found again. */
export function factEmbed(notification: Notification): APIEmbed {
  const { fact, details, messageId = '', replyId = '', happenedAt } = notification;
  const timestamp = happenedAt.toISOString();
  switch (fact) {
    case 'SessionStarted':
      throw new Error('a session that starts is no entry of its thread');
    case 'MessageReceived':
      return {
        title: '👤 Visitor',
        color: COLOURS.green,
        description: inertText(notification.message ?? ''),
        footer: { text: `message ${messageId}` },
        timestamp,
      };
    case 'ReplyCompleted':
    case 'ReplyFailed':
      return {
        title: '🤖 Assistant',
        color: COLOURS.orange,
        description: inertText(notification.reply ?? ''),
        fields: replyFields(notification),
        footer: { text: `reply ${replyId} to message ${messageId}` },
        timestamp,
      };
    case 'MessageBlocked':
      return {
        title: '🛑 Message blocked',
        color: COLOURS.red,
        fields: [field('Rules', (details.ruleIds ?? []).join(', '))],
        footer: { text: `blocked message ${messageId}` },
        timestamp,
      };
    case 'PromptLeaked':
      return {
        title: '🛑 Instructions nearly given away',
        color: COLOURS.red,
        description: 'The model was about to repeat its instructions; its reply was ended before them.',
        fields: typeof details.model === 'string' ? [field('Model', details.model)] : [],
        footer: { text: `leak in reply ${replyId}` },
        timestamp,
      };
    case 'HistoryErased':
      return {
        title: '🧹 Conversation erased',
        color: COLOURS.grey,
        description:
          'The visitor has had all messages so far removed. What this thread shows of them is yours to delete.',
        footer: { text: `erasure ${notification.id}` },
        timestamp,
      };
    case 'SessionEnded':
      return {
        title: 'Session ended',
        color: COLOURS.grey,
        description: END_REASONS[details.reason ?? ''] ?? 'no reason is known',
        footer: { text: 'session ended' },
        timestamp,
      };
  }
}

function replyFields({ details: { outcome, model, durationMs } }: Notification): APIEmbedField[] {
  return [
    field('Outcome', outcome ?? 'unknown'),
    ...(model === undefined || model === null ? [] : [field('Model', model)]),
    ...(durationMs === undefined ? [] : [field('Time', `${Math.round(durationMs)} ms`)]),
  ];
}

function field(name: string, value: string): APIEmbedField {
  return { name, value: inertValue(value.slice(0, LONGEST_VALUE)), inline: true };
}
