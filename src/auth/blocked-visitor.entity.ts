import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An address that an operator has shut out for a while; known by its hash only, as everywhere. */
@Entity({ name: 'blocked_visitors' })
@Index('idx_blocked_visitor_end', ['blockedUntil'])
export class BlockedVisitor {
  @PrimaryColumn({
    name: 'email_hash',
    type: 'varchar',
    length: 64,
    primaryKeyConstraintName: 'pk_blocked_visitors',
  })
  emailHash: string;

  @Column({ name: 'blocked_until', type: 'timestamptz' })
  blockedUntil: Date;
}
