import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type ObjectLiteral,
  type Relation,
} from 'typeorm';

/**
 * A fact that one channel has not been told yet. It is written in the transaction of the fact and deleted once
 * the channel has it. All facts of a session happen under the lock of the session's row, so the order of the
 * ids is the order of the conversation, whatever the clock says.
 */
@Entity({ name: 'notifications' })
@Index('idx_notification_session_channel', ['sessionId', 'channel', 'id'])
@Check('ck_notification_failure', '(failed_at IS NULL) = (failure IS NULL)')
export class QueuedNotification {
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'pk_notifications',
  })
  id: string;

  @Column({ name: 'session_id', type: 'varchar', length: 32 })
  sessionId: string;

  // By its table's name: this module may not import what auth keeps.
  @ManyToOne('sessions', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'fk_notification_session' })
  session: Relation<ObjectLiteral>;

  @Column({ type: 'varchar', length: 40 })
  channel: string;

  @Column({ type: 'varchar', length: 40 })
  fact: string;

  @Column({ name: 'message_id', type: 'varchar', length: 32, nullable: true })
  messageId: string | null;

  @Column({ name: 'reply_id', type: 'varchar', length: 32, nullable: true })
  replyId: string | null;

  /** What the fact says beyond its ids; see NotificationDetails. */
  @Column({ type: 'jsonb', default: {} })
  details: object;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  /** How often telling it ended without success, or without anybody knowing how it ended. */
  @Column({ type: 'integer', default: 0 })
  attempts: number;

  /** Until when it, and with it what follows it in its session, has to wait. */
  @Column({ name: 'not_before', type: 'timestamptz', nullable: true })
  notBefore: Date | null;

  /** Since when it is no longer tried: until somebody asks for it. */
  @Column({ name: 'failed_at', type: 'timestamptz', nullable: true })
  failedAt: Date | null;

  /** Why; never what the other side answered. */
  @Column({ type: 'varchar', length: 200, nullable: true })
  failure: string | null;
}
