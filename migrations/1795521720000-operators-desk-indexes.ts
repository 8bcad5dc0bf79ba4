import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEXES = {
  uq_session_discord_thread: `CREATE UNIQUE INDEX CONCURRENTLY uq_session_discord_thread
    ON sessions (discord_thread_id) WHERE discord_thread_id IS NOT NULL`,
  uq_message_external_id: `CREATE UNIQUE INDEX CONCURRENTLY uq_message_external_id
    ON chat_messages (session_id, external_id) WHERE external_id IS NOT NULL`,
  idx_message_revision: `CREATE INDEX CONCURRENTLY idx_message_revision
    ON chat_messages (session_id, revision) WHERE revision IS NOT NULL`,
};

/** Outside a transaction, so that writing goes on while they are built; may be broken off and run again. */
export class OperatorsDeskIndexes1795521720000 implements MigrationInterface {
  name = 'OperatorsDeskIndexes1795521720000';
  transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    // What it waits for are transactions that began before it; nobody waits behind it.
    await queryRunner.query(`SET lock_timeout = 0`);
    for (const [name, statement] of Object.entries(INDEXES)) {
      await queryRunner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await queryRunner.query(statement);
    }
    await queryRunner.query(`RESET lock_timeout`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) {
      await queryRunner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    }
  }
}
