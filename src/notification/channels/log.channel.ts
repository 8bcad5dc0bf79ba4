import { Injectable, Logger } from '@nestjs/common';
import type { Notification, NotificationChannel } from '../notification.js';

/** Writes each fact to the log, for development: shows what another channel would be told. */
@Injectable()
export class LogChannel implements NotificationChannel {
  readonly name = 'log';
  private readonly logger = new Logger('Notification');

  deliver(notification: Notification): Promise<void> {
    this.logger.log({
      msg: 'notification',
      fact: notification.fact,
      session_id: notification.sessionId,
      message_id: notification.messageId,
      reply_id: notification.replyId,
      rules: notification.ruleIds,
    });
    return Promise.resolve();
  }
}
