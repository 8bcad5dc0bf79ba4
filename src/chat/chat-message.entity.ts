import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Session } from '../auth/session.entity.js';
import type { TurnOutcome } from './turn-outcome.js';

/**
 * A message of a conversation. A `user` row is also the turn: it carries the idempotency key, the outcome
 * and the lease of the process that is getting the reply; the reply is an `assistant` row that points to it.
 */
@Entity({ name: 'chat_messages' })
@Index('idx_message_session_type', ['sessionId', 'messageType', 'sequence'])
@Index('idx_message_session_time', ['sessionId', 'sequence'], { unique: true })
@Index('uq_message_reply_to', ['replyToId'], { unique: true, where: 'reply_to_id IS NOT NULL' })
@Index('uq_message_idempotency_key', ['sessionId', 'idempotencyKey'], {
  unique: true,
  where: 'idempotency_key IS NOT NULL',
})
@Index('uq_message_external_id', ['sessionId', 'externalId'], {
  unique: true,
  where: 'external_id IS NOT NULL',
})
@Index('idx_message_revision', ['sessionId', 'revision'], { where: 'revision IS NOT NULL' })
@Check('ck_message_type', "message_type IN ('user', 'assistant', 'operator')")
@Check(
  'ck_message_outcome',
  "outcome IN ('pending', 'answered', 'fallback', 'blocked', 'cancelled', 'interrupted', 'operator') AND message_type = 'user' OR outcome IS NULL AND message_type <> 'user'",
)
@Check(
  'ck_message_operator',
  "message_type = 'operator' OR num_nonnulls(external_id, revision, edited_at, withdrawn_at) = 0",
)
@Check('ck_message_reply', "(message_type = 'assistant') = (reply_to_id IS NOT NULL)")
@Check('ck_message_lease', "(lease_expires_at IS NOT NULL) = (outcome IS NOT DISTINCT FROM 'pending')")
export class ChatMessage {
  @PrimaryColumn({ type: 'varchar', length: 32, primaryKeyConstraintName: 'pk_chat_messages' })
  id: string;

  @Column({ name: 'session_id', type: 'varchar', length: 32 })
  sessionId: string;

  @ManyToOne(() => Session, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'fk_message_session' })
  session: Relation<Session>;

  /** Position in the conversation, given under the session row's lock; revisions take numbers of the same series. */
  @Column({ type: 'integer' })
  sequence: number;

  @Column({ name: 'message_type', type: 'varchar', length: 20 })
  messageType: 'user' | 'assistant' | 'operator';

  @Column({ type: 'text' })
  content: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  timestamp: Date;

  /** On a reply: the user message it answers. */
  @Column({ name: 'reply_to_id', type: 'varchar', length: 32, nullable: true })
  replyToId: string | null;

  // One to one in fact: the unique index says so. Declared as such, TypeORM would want a second constraint.
  @ManyToOne(() => ChatMessage, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'reply_to_id', foreignKeyConstraintName: 'fk_message_reply_to' })
  replyTo: Relation<ChatMessage> | null;

  @Column({ name: 'idempotency_key', type: 'varchar', length: 255, nullable: true })
  idempotencyKey: string | null;

  /** SHA-256 of what was sent with the key, so that a reused key with another message is noticed. */
  @Column({ name: 'request_digest', type: 'bytea', nullable: true })
  requestDigest: Buffer | null;

  @Column({ type: 'varchar', length: 20, nullable: true })
  outcome: TurnOutcome | null;

  /** Which try at the turn is running; a slower earlier try can no longer complete it. */
  @Column({ type: 'integer', default: 1 })
  attempt: number;

  /** While the turn is pending: until when it belongs to the process that accepted it. */
  @Column({ name: 'lease_expires_at', type: 'timestamptz', nullable: true })
  leaseExpiresAt: Date | null;

  /** Somebody asked to end the running turn; whoever runs it keeps the text so far. */
  @Column({ name: 'cancel_requested', type: 'boolean', default: false })
  cancelRequested: boolean;

  /** How many deltas of earlier attempts, which died, a client may have been shown. */
  @Column({ name: 'discarded_deltas', type: 'integer', default: 0 })
  discardedDeltas: number;

  /** On a reply that was streamed: where each of its deltas ends, in UTF-16 code units; null for one delta. */
  @Column({ name: 'delta_ends', type: 'integer', array: true, nullable: true })
  deltaEnds: number[] | null;

  /** On a reply: the model that wrote it, as `provider:model`. */
  @Column({ type: 'varchar', length: 200, nullable: true })
  model: string | null;

  @Column({ name: 'prompt_tokens', type: 'integer', nullable: true })
  promptTokens: number | null;

  @Column({ name: 'completion_tokens', type: 'integer', nullable: true })
  completionTokens: number | null;

  /** On a reply: milliseconds from asking the first model to the last word. */
  @Column({ name: 'duration_ms', type: 'integer', nullable: true })
  durationMs: number | null;

  /** On a reply: how many calls to models it took. */
  @Column({ type: 'integer', nullable: true })
  tries: number | null;

  /** While the turn is pending under a token limit: what it may cost at most, and on which day it counts. */
  @Column({ name: 'reserved_tokens', type: 'integer', nullable: true })
  reservedTokens: number | null;

  @Column({ name: 'reserved_on', type: 'date', nullable: true })
  reservedOn: string | null;

  /** On an operator's message: what it is called where it was written, so that it is stored once. */
  @Column({ name: 'external_id', type: 'varchar', length: 64, nullable: true })
  externalId: string | null;

  /** On an operator's message that was edited or withdrawn: the sequence of the last such change. */
  @Column({ type: 'integer', nullable: true })
  revision: number | null;

  @Column({ name: 'edited_at', type: 'timestamptz', nullable: true })
  editedAt: Date | null;

  /** On an operator's message that was deleted: its text is gone, and readers are told so. */
  @Column({ name: 'withdrawn_at', type: 'timestamptz', nullable: true })
  withdrawnAt: Date | null;
}
