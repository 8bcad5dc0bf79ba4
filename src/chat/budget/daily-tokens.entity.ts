import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What models cost on one day (UTC), as far as a daily budget is configured. */
@Entity({ name: 'daily_tokens' })
export class DailyTokens {
  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'pk_daily_tokens' })
  day: string;

  @Column({ type: 'bigint', default: 0 })
  used: string;

  /** By turns that are being answered. */
  @Column({ type: 'bigint', default: 0 })
  reserved: string;
}
