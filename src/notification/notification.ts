import type { VisitorEmail } from '../auth/events/visitor-email.js';
import type { OperatorNotices } from './delivery/operator-notices.js';

/** The facts that channels can be told. */
export type Fact =
  | 'SessionStarted'
  | 'SessionEnded'
  | 'MessageReceived'
  | 'MessageBlocked'
  | 'ReplyCompleted'
  | 'ReplyFailed'
  | 'PromptLeaked'
  | 'HistoryErased';

/** What a fact says beyond its ids. Rests in the database until the fact is delivered. */
export interface NotificationDetails {
  /** With `SessionStarted`: the visitor's e-mail address, in the form the channel may know. */
  readonly visitor?: string;
  /** With `MessageReceived`: true where no model answers it, because an operator has taken the session over. */
  readonly isForOperator?: boolean;
  /** With `SessionEnded`. */
  readonly reason?: string;
  /** With `MessageBlocked`: the rules that decided, the weightiest first. */
  readonly ruleIds?: readonly string[];
  /** With a reply: how the turn ended. */
  readonly outcome?: string;
  readonly model?: string | null;
  readonly durationMs?: number;
}

/** One fact of a session, with what a channel may want to show of it. */
export interface Notification {
  /** The same at every attempt; unique among all facts and channels. */
  readonly id: string;
  readonly fact: Fact;
  readonly sessionId: string;
  readonly messageId: string | undefined;
  readonly replyId: string | undefined;
  readonly details: NotificationDetails;
  readonly happenedAt: Date;
  /** The address from which the session was opened; a channel that shows it must ask what it may show. */
  readonly address: string;
  /** The visitor's message as it now stands; undefined where it has been erased, or the fact has none. */
  readonly message: string | undefined;
  readonly reply: string | undefined;
  /** Whether an earlier attempt may have reached the other side without anybody here knowing. */
  readonly mayBeDelivered: boolean;
}

/** Somewhere operators follow conversations. */
export interface NotificationChannel {
  /** Unique; letters, digits and hyphens. Part of the name of the channel's queue. */
  readonly name: string;
  readonly notices: OperatorNotices;
  /** Whether the channel is told this fact at all. */
  wants(fact: Fact, details: NotificationDetails): boolean;
  /** The form of a visitor's e-mail address that the channel may keep; undefined: none. */
  describeVisitor(email: VisitorEmail): string | undefined;
  /**
   * Tells one fact. A session's facts come one at a time, in the conversation's order; what was told without
   * an error is not told again.
   *
   * @throws one of the errors of delivery-errors.ts, or anything else to be called again later.
   */
  deliver(notification: Notification): Promise<void>;
  /** Begins whatever goes on beside deliveries. */
  start?(): void;
  stop?(): Promise<void>;
}

/** Injection token of the channels that the configuration turns on. */
export const NOTIFICATION_CHANNELS = Symbol('NOTIFICATION_CHANNELS');
