import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Streaming1795510800000 implements MigrationInterface {
  name = 'Streaming1795510800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Columns with a constant default and nullable ones change no row: both are instant on any size of table.
    await queryRunner.query(`
      ALTER TABLE chat_messages
        ADD COLUMN cancel_requested boolean NOT NULL DEFAULT false,
        ADD COLUMN discarded_deltas integer NOT NULL DEFAULT 0,
        ADD COLUMN delta_ends integer[]`);
    // Rows live for seconds: written while a turn runs, deleted by the statement that ends it.
    await queryRunner.query(`
      CREATE TABLE turn_deltas (
        turn_id varchar(32) NOT NULL,
        attempt integer NOT NULL,
        sequence integer NOT NULL,
        text text NOT NULL,
        CONSTRAINT pk_turn_deltas PRIMARY KEY (turn_id, attempt, sequence),
        CONSTRAINT fk_delta_turn FOREIGN KEY (turn_id) REFERENCES chat_messages (id) ON DELETE CASCADE
      ) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE turn_deltas`);
    await queryRunner.query(`
      ALTER TABLE chat_messages
        DROP COLUMN cancel_requested, DROP COLUMN discarded_deltas, DROP COLUMN delta_ends`);
  }
}
