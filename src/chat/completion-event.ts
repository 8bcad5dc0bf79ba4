import { MessageBlocked } from './events/message-blocked.event.js';
import { ReplyCompleted } from './events/reply-completed.event.js';
import { ReplyFailed } from './events/reply-failed.event.js';
import type { TurnReply } from './turn-reply.js';
import type { TurnAttempt } from './turn.js';

/** What has become true when a turn ends with this reply. */
export function completionEvent({ sessionId, id }: TurnAttempt, replyId: string, reply: TurnReply): object {
  switch (reply.outcome) {
    case 'blocked':
      return new MessageBlocked(sessionId, id, replyId, reply.ruleIds);
    case 'fallback':
      return new ReplyFailed(sessionId, id, replyId, reply.durationMs);
    default:
      return new ReplyCompleted(
        ...([sessionId, id, replyId, reply.outcome] as const),
        ...([reply.model, reply.durationMs, reply.usage, reply.attempts] as const),
      );
  }
}
