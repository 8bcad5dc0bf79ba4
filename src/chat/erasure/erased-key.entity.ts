import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Session } from '../../auth/session.entity.js';

/**
 * The digest of a key whose message was erased: a request that is sent again, or an operator's message that is told
 * again, must not bring back what its visitor has had removed. Kept until the session can take no message any more.
 */
@Entity({ name: 'erased_keys' })
@Index('idx_erased_key_expiry', ['expiresAt'])
export class ErasedKey {
  @PrimaryColumn({
    name: 'session_id',
    type: 'varchar',
    length: 32,
    primaryKeyConstraintName: 'pk_erased_keys',
  })
  sessionId: string;

  @ManyToOne(() => Session, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'fk_erased_key_session' })
  session: Relation<Session>;

  @PrimaryColumn({ name: 'key_digest', type: 'bytea', primaryKeyConstraintName: 'pk_erased_keys' })
  keyDigest: Buffer;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}
