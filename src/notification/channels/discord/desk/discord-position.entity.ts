import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Up to which message what operators wrote on Discord is dealt with; see ReadPosition. */
@Entity({ name: 'discord_positions' })
export class DiscordPosition {
  /** The channel whose threads are read. */
  @PrimaryColumn({
    name: 'channel_id',
    type: 'varchar',
    length: 20,
    primaryKeyConstraintName: 'pk_discord_positions',
  })
  channelId: string;

  @Column({ name: 'last_message_id', type: 'bigint' })
  lastMessageId: string;
}
