import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One visitor's conversation, opened with an e-mail address and carried by a token whose `jti` is the id. */
@Entity({ name: 'sessions' })
@Index('idx_session_active_expiry', ['isActive', 'expiresAt'])
@Index('idx_session_email_active', ['emailHash', 'isActive'])
@Index('uq_session_discord_thread', ['discordThreadId'], {
  unique: true,
  where: 'discord_thread_id IS NOT NULL',
})
@Check('ck_session_counters', 'message_count >= 0 AND last_sequence >= 0')
export class Session {
  @PrimaryColumn({ type: 'varchar', length: 32, primaryKeyConstraintName: 'pk_sessions' })
  id: string;

  /** HMAC-SHA-256 of the normalised address, in hexadecimal; the address itself is never stored. */
  @Column({ name: 'email_hash', type: 'varchar', length: 64 })
  emailHash: string;

  @Column({ name: 'browser_hash', type: 'varchar', length: 64 })
  browserHash: string;

  @Column({ name: 'ip_address', type: 'varchar', length: 45 })
  ipAddress: string;

  @Column({ name: 'discord_thread_id', type: 'varchar', length: 32, nullable: true })
  discordThreadId: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  @Column({ name: 'last_activity', type: 'timestamptz', default: () => 'now()' })
  lastActivity: Date;

  /** How long the session may lie unused; null: until it expires. */
  @Column({ name: 'idle_timeout', type: 'interval', nullable: true })
  idleTimeout: string | null;

  @Column({ name: 'is_active', type: 'boolean', default: true })
  isActive: boolean;

  /** Whether the visitor proved to read the address's mail. Without that a shared address proves nothing. */
  @Column({ name: 'email_verified', type: 'boolean', default: false })
  isEmailVerified: boolean;

  /** User messages accepted so far; the message limit is enforced on it under this row's lock. */
  @Column({ name: 'message_count', type: 'integer', default: 0 })
  messageCount: number;

  /** The sequence number last given to a message of this session. */
  @Column({ name: 'last_sequence', type: 'integer', default: 0 })
  lastSequence: number;

  /** The place of the last erasure in the conversation: whatever had an earlier one is gone; 0 where there was none. */
  @Column({ name: 'erased_through_sequence', type: 'integer', default: 0 })
  erasedThroughSequence: number;

  /** Of the user messages counted above, those that were erased. */
  @Column({ name: 'erased_message_count', type: 'integer', default: 0 })
  erasedMessageCount: number;

  /** Tokens that models took for this session; counted where a limit is configured. */
  @Column({ name: 'tokens_used', type: 'bigint', default: 0 })
  tokensUsed: string;

  /** Tokens that turns which are being answered may yet take. */
  @Column({ name: 'tokens_reserved', type: 'bigint', default: 0 })
  tokensReserved: string;

  /** While an operator answers instead of a model: the sequence from which on; null while a model answers. */
  @Column({ name: 'operator_from_sequence', type: 'integer', nullable: true })
  operatorFromSequence: number | null;

  /** Messages of operators that the visitor can read. */
  @Column({ name: 'operator_message_count', type: 'integer', default: 0 })
  operatorMessageCount: number;

  /** Until when some replica wants to be told of what is new in the conversation; null: nobody ever did. */
  @Column({ name: 'events_watched_until', type: 'timestamptz', nullable: true })
  eventsWatchedUntil: Date | null;
}
