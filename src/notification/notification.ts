/** What a channel is told: which fact, and the ids by which it looks up whatever it shows. */
export interface Notification {
  readonly fact:
    | 'SessionStarted'
    | 'SessionEnded'
    | 'MessageReceived'
    | 'MessageBlocked'
    | 'ReplyCompleted'
    | 'ReplyFailed';
  readonly sessionId: string;
  readonly messageId?: string;
  readonly replyId?: string;
  /** With `MessageBlocked`: the rules that decided. */
  readonly ruleIds?: readonly string[];
}

/** Somewhere operators follow conversations. Adding a channel is one class that implements this. */
export interface NotificationChannel {
  readonly name: string;
  /** Delivers at least once: throws to be called again later with the same notification. */
  deliver(notification: Notification): Promise<void>;
}

/** Injection token of the channels that the configuration turns on. */
export const NOTIFICATION_CHANNELS = Symbol('NOTIFICATION_CHANNELS');
