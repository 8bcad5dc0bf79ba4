import type { MigrationInterface, QueryRunner } from 'typeorm';

export class InitialSchema1795478400000 implements MigrationInterface {
  name = 'InitialSchema1795478400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // fillfactor: every turn updates its session and its own row once; free space on the page keeps these
    // updates "heap-only", without touching an index.
    await queryRunner.query(`
      CREATE TABLE sessions (
        id varchar(32) NOT NULL,
        email_hash varchar(64) NOT NULL,
        browser_hash varchar(64) NOT NULL,
        ip_address varchar(45) NOT NULL,
        discord_thread_id varchar(32),
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        last_activity timestamptz NOT NULL DEFAULT now(),
        is_active boolean NOT NULL DEFAULT true,
        message_count integer NOT NULL DEFAULT 0,
        last_sequence integer NOT NULL DEFAULT 0,
        CONSTRAINT pk_sessions PRIMARY KEY (id),
        CONSTRAINT ck_session_counters CHECK (message_count >= 0 AND last_sequence >= 0)
      ) WITH (fillfactor = 70)`);
    await queryRunner.query(`CREATE INDEX idx_session_active_expiry ON sessions (is_active, expires_at)`);
    await queryRunner.query(`CREATE INDEX idx_session_email_active ON sessions (email_hash, is_active)`);

    await queryRunner.query(`
      CREATE TABLE chat_messages (
        id varchar(32) NOT NULL,
        session_id varchar(32) NOT NULL,
        sequence integer NOT NULL,
        message_type varchar(20) NOT NULL,
        content text NOT NULL,
        timestamp timestamptz NOT NULL DEFAULT now(),
        reply_to_id varchar(32),
        idempotency_key varchar(255),
        request_digest bytea,
        outcome varchar(20),
        attempt integer NOT NULL DEFAULT 1,
        lease_expires_at timestamptz,
        model varchar(200),
        prompt_tokens integer,
        completion_tokens integer,
        duration_ms integer,
        CONSTRAINT pk_chat_messages PRIMARY KEY (id),
        CONSTRAINT fk_message_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
        CONSTRAINT fk_message_reply_to FOREIGN KEY (reply_to_id) REFERENCES chat_messages (id) ON DELETE CASCADE,
        CONSTRAINT ck_message_type CHECK (message_type IN ('user', 'assistant', 'operator')),
        CONSTRAINT ck_message_outcome CHECK (outcome IN ('pending', 'answered', 'fallback', 'blocked', 'cancelled', 'interrupted') AND message_type = 'user' OR outcome IS NULL AND message_type <> 'user'),
        CONSTRAINT ck_message_reply CHECK ((message_type = 'assistant') = (reply_to_id IS NOT NULL)),
        CONSTRAINT ck_message_lease CHECK ((lease_expires_at IS NOT NULL) = (outcome IS NOT DISTINCT FROM 'pending'))
      ) WITH (fillfactor = 90)`);
    await queryRunner.query(
      `CREATE INDEX idx_message_session_type ON chat_messages (session_id, message_type, sequence)`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX idx_message_session_time ON chat_messages (session_id, sequence)`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX uq_message_reply_to ON chat_messages (reply_to_id) WHERE reply_to_id IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX uq_message_idempotency_key ON chat_messages (session_id, idempotency_key) WHERE idempotency_key IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE chat_messages`);
    await queryRunner.query(`DROP TABLE sessions`);
  }
}
