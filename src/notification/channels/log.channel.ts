import { Logger } from '@nestjs/common';
import { OperatorNotices } from '../delivery/operator-notices.js';
import type { Notification, NotificationChannel } from '../notification.js';
import type { ChannelKind } from './channel-kind.js';

/** Writes each fact to the log, for development: by ids, and what it says beyond them. */
class LogChannel implements NotificationChannel {
  readonly name = 'log';
  readonly notices = new OperatorNotices(this.name);
  private readonly logger = new Logger('Notification');

  wants(): boolean {
    return true;
  }

  describeVisitor(): undefined {
    return undefined;
  }

  deliver({ fact, sessionId, messageId, replyId, details }: Notification): Promise<void> {
    this.logger.log({
      msg: 'notification',
      fact,
      session_id: sessionId,
      message_id: messageId,
      reply_id: replyId,
      rules: details.ruleIds,
      reason: details.reason,
      outcome: details.outcome,
      model: details.model,
      duration_ms: details.durationMs,
    });
    return Promise.resolve();
  }
}

export const logChannel: ChannelKind = {
  isEnabled: ({ logChannelEnabled }) => logChannelEnabled,
  create: () => Promise.resolve([new LogChannel()]),
};
