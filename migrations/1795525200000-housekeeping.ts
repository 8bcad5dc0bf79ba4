import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows come and go within seconds: vacuumed by their number, because the size of the table says nothing. */
const SHORT_LIVED = 'autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000';

/**
 * A large table is looked after each time a fiftieth of it has changed, instead of a fifth: little work often, and
 * statistics that know the newest rows.
 */
const LARGE = [
  'autovacuum_vacuum_scale_factor = 0.02',
  'autovacuum_vacuum_insert_scale_factor = 0.02',
  'autovacuum_analyze_scale_factor = 0.02',
].join(', ');

const LARGE_TABLES = ['sessions', 'chat_messages'];
const SHORT_LIVED_TABLES = ['turn_deltas', 'notifications', 'sign_in_codes'];

/** What housekeeping needs to find its work, what an erasure leaves behind, and how tables are vacuumed. */
export class Housekeeping1795525200000 implements MigrationInterface {
  name = 'Housekeeping1795525200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Constant defaults: no row is rewritten.
    await queryRunner.query(`
      ALTER TABLE sessions
        ADD COLUMN erased_through_sequence integer NOT NULL DEFAULT 0,
        ADD COLUMN erased_message_count integer NOT NULL DEFAULT 0`);
    await queryRunner.query(`
      CREATE TABLE running_turns (
        turn_id varchar(32) NOT NULL,
        session_id varchar(32) NOT NULL,
        CONSTRAINT pk_running_turns PRIMARY KEY (turn_id)
      ) WITH (${SHORT_LIVED})`);
    await queryRunner.query(`
      CREATE TABLE erased_keys (
        session_id varchar(32) NOT NULL,
        key_digest bytea NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_erased_keys PRIMARY KEY (session_id, key_digest),
        CONSTRAINT fk_erased_key_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
      )`);
    await queryRunner.query(`CREATE INDEX idx_erased_key_expiry ON erased_keys (expires_at)`);
    for (const table of LARGE_TABLES) {
      await queryRunner.query(`ALTER TABLE ${table} SET (${LARGE})`);
    }
    for (const table of SHORT_LIVED_TABLES) {
      await queryRunner.query(`ALTER TABLE ${table} SET (${SHORT_LIVED})`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of SHORT_LIVED_TABLES) {
      await queryRunner.query(`ALTER TABLE ${table} RESET (${namesOf(SHORT_LIVED)})`);
    }
    await queryRunner.query(
      `ALTER TABLE turn_deltas SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000)`,
    );
    for (const table of LARGE_TABLES) {
      await queryRunner.query(`ALTER TABLE ${table} RESET (${namesOf(LARGE)})`);
    }
    await queryRunner.query(`DROP TABLE erased_keys`);
    await queryRunner.query(`DROP TABLE running_turns`);
    await queryRunner.query(`
      ALTER TABLE sessions DROP COLUMN erased_message_count, DROP COLUMN erased_through_sequence`);
  }
}

function namesOf(parameters: string): string {
  return parameters.replace(/ = [\d.]+/g, '');
}
