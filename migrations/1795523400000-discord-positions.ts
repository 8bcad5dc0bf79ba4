import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DiscordPositions1795523400000 implements MigrationInterface {
  name = 'DiscordPositions1795523400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE discord_positions (
        channel_id varchar(20) NOT NULL,
        last_message_id bigint NOT NULL,
        CONSTRAINT pk_discord_positions PRIMARY KEY (channel_id)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE discord_positions`);
  }
}
