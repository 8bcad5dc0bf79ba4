import type { MigrationInterface, QueryRunner } from 'typeorm';

export class VerifiedSignIn1795503600000 implements MigrationInterface {
  name = 'VerifiedSignIn1795503600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Neither column rewrites the table: one has no default, the other a constant.
    await queryRunner.query(`
      ALTER TABLE sessions
        ADD COLUMN idle_timeout interval,
        ADD COLUMN email_verified boolean NOT NULL DEFAULT false`);

    await queryRunner.query(`
      CREATE TABLE sign_in_codes (
        id varchar(32) NOT NULL,
        email_hash varchar(64) NOT NULL,
        code_hash varchar(64) NOT NULL,
        sealed_mail bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        tries_left smallint NOT NULL,
        consumed_at timestamptz,
        CONSTRAINT pk_sign_in_codes PRIMARY KEY (id),
        CONSTRAINT ck_sign_in_code_tries CHECK (tries_left >= 0)
      )`);
    await queryRunner.query(`CREATE INDEX idx_sign_in_code_email ON sign_in_codes (email_hash, expires_at)`);
    await queryRunner.query(`CREATE INDEX idx_sign_in_code_expiry ON sign_in_codes (expires_at)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE sign_in_codes`);
    await queryRunner.query(`ALTER TABLE sessions DROP COLUMN email_verified, DROP COLUMN idle_timeout`);
  }
}
