import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A turn that a process is at work on, or was until it died: where housekeeping finds it. The lease itself stands
 * in the turn's row, where an index over it would cost every turn its cheap update (ADR 0021). Without a foreign key,
 * which would cost a look at the turn's row each time; housekeeping removes what is left over.
 */
@Entity({ name: 'running_turns' })
export class RunningTurnRow {
  @PrimaryColumn({
    name: 'turn_id',
    type: 'varchar',
    length: 32,
    primaryKeyConstraintName: 'pk_running_turns',
  })
  turnId: string;

  @Column({ name: 'session_id', type: 'varchar', length: 32 })
  sessionId: string;
}
