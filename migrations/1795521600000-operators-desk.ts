import type { MigrationInterface, QueryRunner } from 'typeorm';

const OUTCOMES = ['pending', 'answered', 'fallback', 'blocked', 'cancelled', 'interrupted'];

/**
 * Operators' messages, the takeover of a conversation by an operator, and visitors an operator has shut out. Its checks
 * are validated and its indexes built by the two migrations that follow, beside the traffic.
 */
export class OperatorsDesk1795521600000 implements MigrationInterface {
  name = 'OperatorsDesk1795521600000';
  readonly allowed = {
    'drop-constraint chat_messages.ck_message_outcome':
      'a wider one of the same name takes its place in the same transaction',
  };

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE sessions
        ADD COLUMN operator_from_sequence integer,
        ADD COLUMN operator_message_count integer NOT NULL DEFAULT 0,
        ADD COLUMN events_watched_until timestamptz`);
    await queryRunner.query(`
      ALTER TABLE chat_messages
        ADD COLUMN external_id varchar(64),
        ADD COLUMN revision integer,
        ADD COLUMN edited_at timestamptz,
        ADD COLUMN withdrawn_at timestamptz`);
    await this.replaceOutcomeCheck(queryRunner, [...OUTCOMES, 'operator']);
    await queryRunner.query(`
      ALTER TABLE chat_messages
        ADD CONSTRAINT ck_message_operator CHECK (message_type = 'operator' OR
          num_nonnulls(external_id, revision, edited_at, withdrawn_at) = 0) NOT VALID`);
    await queryRunner.query(`
      CREATE TABLE operator_commands (
        id varchar(64) NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_operator_commands PRIMARY KEY (id)
      )`);
    await queryRunner.query(`CREATE INDEX idx_operator_command_age ON operator_commands (received_at)`);
    await queryRunner.query(`
      CREATE TABLE blocked_visitors (
        email_hash varchar(64) NOT NULL,
        blocked_until timestamptz NOT NULL,
        CONSTRAINT pk_blocked_visitors PRIMARY KEY (email_hash)
      )`);
    await queryRunner.query(`CREATE INDEX idx_blocked_visitor_end ON blocked_visitors (blocked_until)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE blocked_visitors`);
    await queryRunner.query(`DROP TABLE operator_commands`);
    await queryRunner.query(`ALTER TABLE chat_messages DROP CONSTRAINT ck_message_operator`);
    await this.replaceOutcomeCheck(queryRunner, OUTCOMES);
    await queryRunner.query(`ALTER TABLE chat_messages VALIDATE CONSTRAINT ck_message_outcome`);
    await queryRunner.query(`
      ALTER TABLE chat_messages
        DROP COLUMN external_id, DROP COLUMN revision, DROP COLUMN edited_at, DROP COLUMN withdrawn_at`);
    await queryRunner.query(`
      ALTER TABLE sessions
        DROP COLUMN operator_from_sequence, DROP COLUMN operator_message_count, DROP COLUMN events_watched_until`);
  }

  /** Without a look at the rows that are there; they are looked through by the next migration. */
  private async replaceOutcomeCheck(queryRunner: QueryRunner, outcomes: readonly string[]): Promise<void> {
    const list = outcomes.map((outcome) => `'${outcome}'`).join(', ');
    await queryRunner.query(`ALTER TABLE chat_messages DROP CONSTRAINT ck_message_outcome`);
    await queryRunner.query(`
      ALTER TABLE chat_messages
        ADD CONSTRAINT ck_message_outcome CHECK (
          outcome IN (${list}) AND message_type = 'user' OR outcome IS NULL AND message_type <> 'user') NOT VALID`);
  }
}
