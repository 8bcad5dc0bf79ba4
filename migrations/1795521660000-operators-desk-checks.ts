import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Apart from the migration that adds them, whose locks are gone by now: reading and writing go on meanwhile. */
export class OperatorsDeskChecks1795521660000 implements MigrationInterface {
  name = 'OperatorsDeskChecks1795521660000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE chat_messages VALIDATE CONSTRAINT ck_message_outcome`);
    await queryRunner.query(`ALTER TABLE chat_messages VALIDATE CONSTRAINT ck_message_operator`);
  }

  /** A constraint that has been validated is none the worse for what came before. */
  async down(): Promise<void> {
    await Promise.resolve();
  }
}
