import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A command of an operator that has taken effect, kept for a while so that it takes effect once. */
@Entity({ name: 'operator_commands' })
@Index('idx_operator_command_age', ['receivedAt'])
export class OperatorCommand {
  @PrimaryColumn({ type: 'varchar', length: 64, primaryKeyConstraintName: 'pk_operator_commands' })
  id: string;

  @Column({ name: 'received_at', type: 'timestamptz', default: () => 'now()' })
  receivedAt: Date;
}
