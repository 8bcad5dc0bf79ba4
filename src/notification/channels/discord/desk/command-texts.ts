import type { DeskResult, SessionDescription } from '../../../../chat/desk/operator-desk.service.js';

type Texts = Readonly<Record<DeskResult, string>>;

const ENDED = 'The session has already ended.';

/** A command that is told again, after a crash or a reconnect, is answered as it was the first time. */
function texts(done: string, unchanged: string): Texts {
  return { done, repeated: done, unchanged, session_ended: ENDED };
}

/** What operators are told of what they asked for. Nothing of it says who the visitor is. */
export const RESULTS = {
  takeover: texts(
    '🙋 Taken over. The model is silent: what you write here reaches the visitor. `/handback` lets it answer again.',
    'This session is already taken over.',
  ),
  handback: texts(
    '🤖 Handed back. The model answers the next message.',
    'Nobody has taken this session over.',
  ),
  end: texts('⏹️ The session is ended.', ENDED),
  block: (hours: number): Texts =>
    texts(
      `⛔ The session is ended, and the visitor is refused a new one for ${hours === 1 ? 'an hour' : `${hours} hours`}.`,
      ENDED,
    ),
  elsewhere: 'This works in the thread of a session only; here it does nothing.',
  notAllowed: 'Only members with one of the operator roles may do this.',
  failed: 'This failed because of a fault; the log of the service says more.',
} as const;

export function describeSession(session: SessionDescription): string {
  const { isLive, isTakenOver, createdAt, expiresAt, lastActivity } = session;
  const answering = isTakenOver ? 'an operator answers' : 'the model answers';
  return [
    isLive ? `🟢 Live: ${answering}` : '⚪ Ended',
    `Started ${time(createdAt)}, ${isLive ? 'expires' : 'would have expired'} ${time(expiresAt)}`,
    `Last active ${time(lastActivity)}`,
    `${session.messageCount} messages of the visitor, ${session.operatorMessageCount} of operators`,
  ].join('\n');
}

/** Discord shows it in the reader's own time zone. */
function time(date: Date): string {
  const seconds = Math.floor(date.getTime() / 1_000);
  return `<t:${seconds}:f> (<t:${seconds}:R>)`;
}
