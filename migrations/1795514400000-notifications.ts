import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Notifications1795514400000 implements MigrationInterface {
  name = 'Notifications1795514400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // GENERATED ALWAYS: whoever may insert needs no right to the sequence.
    await queryRunner.query(`
      CREATE TABLE notifications (
        id bigint GENERATED ALWAYS AS IDENTITY,
        session_id varchar(32) NOT NULL,
        channel varchar(40) NOT NULL,
        fact varchar(40) NOT NULL,
        message_id varchar(32),
        reply_id varchar(32),
        details jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        attempts integer NOT NULL DEFAULT 0,
        not_before timestamptz,
        failed_at timestamptz,
        failure varchar(200),
        CONSTRAINT pk_notifications PRIMARY KEY (id),
        CONSTRAINT fk_notification_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
        CONSTRAINT ck_notification_failure CHECK ((failed_at IS NULL) = (failure IS NULL))
      )`);
    await queryRunner.query(
      `CREATE INDEX idx_notification_session_channel ON notifications (session_id, channel, id)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE notifications`);
  }
}
