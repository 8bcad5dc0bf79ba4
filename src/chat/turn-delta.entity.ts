import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ChatMessage } from './chat-message.entity.js';

/**
 * A piece of a reply that is still being written, stored before anybody is shown it: what a client has seen
 * can be read again by any replica, also when the process that wrote it has died.
 */
@Entity({ name: 'turn_deltas' })
export class TurnDelta {
  @PrimaryColumn({
    name: 'turn_id',
    type: 'varchar',
    length: 32,
    primaryKeyConstraintName: 'pk_turn_deltas',
  })
  turnId: string;

  @ManyToOne(() => ChatMessage, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'turn_id', foreignKeyConstraintName: 'fk_delta_turn' })
  turn: Relation<ChatMessage>;

  /** The try at the turn that wrote it; deltas of an earlier one are void. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_turn_deltas' })
  attempt: number;

  /** From 1, gapless within an attempt; the sequence of its event. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_turn_deltas' })
  sequence: number;

  @Column({ type: 'text' })
  text: string;
}
