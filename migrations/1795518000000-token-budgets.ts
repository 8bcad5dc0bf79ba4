import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TokenBudgets1795518000000 implements MigrationInterface {
  name = 'TokenBudgets1795518000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE sessions
        ADD COLUMN tokens_used bigint NOT NULL DEFAULT 0,
        ADD COLUMN tokens_reserved bigint NOT NULL DEFAULT 0`);
    await queryRunner.query(`
      ALTER TABLE chat_messages
        ADD COLUMN reserved_tokens integer,
        ADD COLUMN reserved_on date,
        ADD COLUMN tries integer`);
    // One row a day, updated by every turn: it must stay on its page.
    await queryRunner.query(`
      CREATE TABLE daily_tokens (
        day date NOT NULL,
        used bigint NOT NULL DEFAULT 0,
        reserved bigint NOT NULL DEFAULT 0,
        CONSTRAINT pk_daily_tokens PRIMARY KEY (day)
      ) WITH (fillfactor = 10)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE daily_tokens`);
    await queryRunner.query(
      `ALTER TABLE chat_messages DROP COLUMN reserved_tokens, DROP COLUMN reserved_on, DROP COLUMN tries`,
    );
    await queryRunner.query(`ALTER TABLE sessions DROP COLUMN tokens_used, DROP COLUMN tokens_reserved`);
  }
}
