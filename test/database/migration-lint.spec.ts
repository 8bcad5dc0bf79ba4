import type { MigrationInterface, QueryRunner } from 'typeorm';
import { lintMigrations } from '../../scripts/migration-lint/lint-migrations.js';
import { migrations } from '../../src/database/migrations.js';

interface Example {
  readonly transaction?: false;
  readonly allowed?: Readonly<Record<string, string>>;
}

let count = 0;

function migration(statements: readonly string[], example: Example = {}): new () => MigrationInterface {
  count += 1;
  const name = `Example${count}`;
  return class implements MigrationInterface {
    name = name;
    allowed = example.allowed ?? {};

    constructor() {
      Object.assign(this, example.transaction === undefined ? {} : { transaction: false });
    }

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of statements) {
        await queryRunner.query(statement);
      }
    }

    down(): Promise<void> {
      return Promise.resolve();
    }
  };
}

/** The rules and subjects found, without the advice. */
async function lint(statements: readonly string[], example?: Example): Promise<string[]> {
  const problems = await lintMigrations([migration(statements, example)]);
  return problems.map((problem) => /^\w+: ([\w-]+ [^:]+):/.exec(problem)?.[1] ?? problem);
}

describe('The check of migrations', () => {
  it('should pass those of this project', async () => {
    expect(await lintMigrations(migrations)).toEqual([]);
  });

  test.each([
    'ALTER TABLE sessions ADD COLUMN a integer',
    'ALTER TABLE sessions ADD COLUMN a boolean NOT NULL DEFAULT false',
    `ALTER TABLE sessions ADD COLUMN a jsonb NOT NULL DEFAULT '{}'::jsonb`,
    'ALTER TABLE sessions ADD COLUMN a timestamptz NOT NULL DEFAULT now()',
    'ALTER TABLE sessions ADD COLUMN a timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP',
    'ALTER TABLE sessions ADD COLUMN a varchar(32) REFERENCES sessions (id)',
    'ALTER TABLE sessions ADD CONSTRAINT ck CHECK (a > 0) NOT VALID',
    'ALTER TABLE sessions ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES sessions (id) NOT VALID',
    'ALTER TABLE sessions ADD CONSTRAINT nn NOT NULL a NOT VALID',
    'ALTER TABLE sessions ADD CONSTRAINT uq UNIQUE USING INDEX idx',
    'ALTER TABLE sessions VALIDATE CONSTRAINT ck',
    'ALTER TABLE sessions ALTER COLUMN a SET DEFAULT 1, ALTER COLUMN b DROP NOT NULL',
    'ALTER TABLE sessions SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01)',
    'ALTER INDEX idx RENAME TO idx_new',
    `COMMENT ON TABLE sessions IS 'one visit'`,
    'INSERT INTO daily_tokens (day) VALUES (now())',
    'CREATE TABLE fresh (id text REFERENCES sessions (id), CHECK (id <> $$$$), UNIQUE (id))',
  ])('should pass %s', async (statement) => {
    expect(await lint([statement])).toEqual([]);
  });

  test.each([
    ['ALTER TABLE sessions ADD COLUMN a integer NOT NULL', 'required-column sessions.a'],
    ['ALTER TABLE sessions ADD COLUMN a uuid DEFAULT gen_random_uuid()', 'rewrite sessions.a'],
    ['ALTER TABLE sessions ADD COLUMN a text DEFAULT (1 + random())::text', 'rewrite sessions.a'],
    ['ALTER TABLE sessions ADD COLUMN a timestamptz DEFAULT clock_timestamp()', 'rewrite sessions.a'],
    ['ALTER TABLE sessions ADD COLUMN a integer GENERATED ALWAYS AS (b + 1) STORED', 'rewrite sessions.a'],
    ['ALTER TABLE sessions ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY', 'rewrite sessions.a'],
    ['ALTER TABLE sessions ADD COLUMN a bigserial', 'rewrite sessions.a'],
    ['ALTER TABLE sessions ADD COLUMN a integer CHECK (a > 0)', 'constraint-not-deferred sessions.a'],
    [
      `ALTER TABLE sessions ADD COLUMN a text DEFAULT 'x' REFERENCES sessions (id)`,
      'constraint-not-deferred sessions.a',
    ],
    ['ALTER TABLE sessions ADD COLUMN a integer UNIQUE', 'constraint-builds-index sessions.a'],
    ['ALTER TABLE sessions ALTER COLUMN a SET NOT NULL', 'set-not-null sessions.a'],
    ['ALTER TABLE sessions ALTER COLUMN a TYPE bigint', 'change-type sessions.a'],
    ['ALTER TABLE sessions ADD CONSTRAINT ck CHECK (a > 0)', 'constraint-not-deferred sessions.ck'],
    [
      'ALTER TABLE sessions ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES sessions (id)',
      'constraint-not-deferred sessions.fk',
    ],
    ['ALTER TABLE sessions ADD CONSTRAINT uq UNIQUE (a)', 'constraint-builds-index sessions.uq'],
    ['ALTER TABLE sessions ADD CONSTRAINT pk PRIMARY KEY (a)', 'constraint-builds-index sessions.pk'],
    [
      'ALTER TABLE sessions ADD CONSTRAINT ex EXCLUDE USING gist (a WITH &&)',
      'constraint-builds-index sessions.ex',
    ],
    ['ALTER TABLE sessions DROP COLUMN a', 'drop-column sessions.a'],
    ['ALTER TABLE sessions DROP CONSTRAINT ck', 'drop-constraint sessions.ck'],
    ['ALTER TABLE sessions RENAME COLUMN a TO b', 'rename sessions.a'],
    ['ALTER TABLE sessions RENAME TO visits', 'rename sessions'],
    ['ALTER TABLE sessions SET TABLESPACE fast', 'not-known-safe sessions.fast'],
    ['ALTER TABLE sessions SET UNLOGGED', 'not-known-safe sessions'],
    ['DROP TABLE sessions', 'drop-table sessions'],
    ['DROP FUNCTION f', 'drop-object f'],
    ['CREATE INDEX idx ON sessions (a)', 'index-blocks-writes idx'],
    ['CREATE INDEX CONCURRENTLY idx ON sessions (a)', 'concurrently-in-transaction idx'],
    ['DROP INDEX idx', 'index-blocks-writes idx'],
    ['DROP INDEX CONCURRENTLY idx', 'concurrently-in-transaction idx'],
    ['UPDATE sessions SET a = 1', 'unbounded-write sessions'],
    ['UPDATE sessions SET a = 1 WHERE a IS NULL', 'unbounded-write sessions'],
    ['DELETE FROM sessions WHERE NOT is_active', 'unbounded-write sessions'],
    [
      'WITH gone AS (DELETE FROM sessions RETURNING id) INSERT INTO log SELECT id FROM gone',
      'unbounded-write sessions',
    ],
    ['SELECT id FROM sessions FOR UPDATE', 'unbounded-write SELECT'],
    ['LOCK TABLE sessions', 'locks sessions'],
    ['TRUNCATE sessions', 'locks sessions'],
    ['CLUSTER sessions USING pk_sessions', 'locks sessions'],
    ['REINDEX TABLE sessions', 'locks sessions'],
    ['VACUUM FULL sessions', 'rewrite VACUUM FULL'],
    ['DO $$ BEGIN DELETE FROM sessions; END $$', 'locks DoStmt'],
    ['CREATE TABLE part PARTITION OF sessions FOR VALUES IN (1)', 'not-known-safe part'],
    ['CREATE TRIGGER t BEFORE INSERT ON sessions EXECUTE FUNCTION f()', 'not-known-safe sessions'],
    ['SET lock_timeout = 0', 'time-out lock_timeout'],
    [`SET LOCAL statement_timeout = '1h'`, 'time-out statement_timeout'],
    ['SET search_path = elsewhere', 'not-known-safe search_path'],
    ['COMMIT', 'not-known-safe TransactionStmt'],
  ])('should refuse %s', async (statement, finding) => {
    expect(await lint([statement])).toEqual([finding]);
  });

  it('should find each part of a statement, and each statement of a text', async () => {
    const found = await lint([
      'ALTER TABLE sessions ADD COLUMN a integer, DROP COLUMN b, ALTER COLUMN c SET NOT NULL; DROP TABLE chat_messages',
    ]);
    expect(found).toEqual(['drop-column sessions.b', 'set-not-null sessions.c', 'drop-table chat_messages']);
  });

  it('should let a migration do anything to the tables it makes', async () => {
    const statements = [
      'CREATE TABLE fresh (id text)',
      'CREATE INDEX idx ON fresh (id)',
      'ALTER TABLE fresh ADD COLUMN a bigserial, ALTER COLUMN id SET NOT NULL, DROP COLUMN b',
      'UPDATE fresh SET id = a',
      'DROP INDEX idx',
      'DROP TABLE fresh',
    ];
    expect(await lint(statements)).toEqual([]);
    // Where the table may have been there before, or one migration later, it is in use.
    expect(
      await lint(['CREATE TABLE IF NOT EXISTS fresh (id text)', 'CREATE INDEX idx ON fresh (id)']),
    ).toEqual(['index-blocks-writes idx']);
    const later = await lintMigrations([
      migration(statements.slice(0, 1)),
      migration(statements.slice(1, 2)),
    ]);
    expect(later).toEqual([expect.stringContaining('index-blocks-writes idx')]);
  });

  it('should take SET NOT NULL once a check has been validated', async () => {
    const add = 'ALTER TABLE sessions ADD CONSTRAINT a_set CHECK (a IS NOT NULL) NOT VALID';
    const validate = 'ALTER TABLE sessions VALIDATE CONSTRAINT a_set';
    const set = 'ALTER TABLE sessions ALTER COLUMN a SET NOT NULL';
    const other = 'ALTER TABLE sessions ALTER COLUMN b SET NOT NULL';
    const judge = async (...steps: string[]) =>
      (await lintMigrations(steps.map((step) => migration([step])))).length;
    expect(await judge(add, validate, set)).toBe(0);
    expect(await judge(add, set)).toBe(1);
    expect(await judge(add, validate, other)).toBe(1);
  });

  it('should refuse to validate while the same transaction holds the lock of what came before', async () => {
    const validate = 'ALTER TABLE sessions VALIDATE CONSTRAINT ck';
    expect(await lint(['ALTER TABLE sessions ADD CONSTRAINT ck CHECK (a > 0) NOT VALID', validate])).toEqual([
      'scan-under-lock sessions.ck',
    ]);
    expect(await lint(['ALTER TABLE sessions SET (fillfactor = 80)', validate])).toEqual([]);
  });

  describe('outside a transaction', () => {
    const outside = { transaction: false } as const;
    const drop = 'DROP INDEX CONCURRENTLY IF EXISTS idx';

    it('should take an index that can be tried again, and longer time-outs that end', async () => {
      const create = 'CREATE INDEX CONCURRENTLY idx ON sessions (a)';
      expect(await lint(['SET lock_timeout = 0', drop, create, 'RESET lock_timeout'], outside)).toEqual([]);
      expect(await lint(['SET lock_timeout = 0', drop, create], outside)).toEqual(['time-out lock_timeout']);
      expect(await lint([create], outside)).toEqual(['index-not-repeatable idx']);
      const keeping = create.replace('idx', 'IF NOT EXISTS idx');
      expect(await lint([drop, keeping], outside)).toEqual(['index-not-repeatable idx']);
    });

    it('should take writes in batches only', async () => {
      const batch = (limit: string) =>
        `UPDATE sessions SET a = 1 WHERE id IN (SELECT id FROM sessions WHERE a IS NULL LIMIT ${limit})`;
      expect(await lint([batch('1000')], outside)).toEqual([]);
      expect(await lint([batch('1000')])).toEqual(['unbounded-write sessions']);
      expect(await lint([batch('10000000')], outside)).toEqual(['unbounded-write sessions']);
      expect(await lint([batch('ALL')], outside)).toEqual(['unbounded-write sessions']);
    });

    it('should refuse what cannot be repeated after a failure', async () => {
      expect(await lint(['ALTER TABLE sessions ADD COLUMN a integer'], outside)).toEqual([
        'needs-transaction sessions',
      ]);
      expect(await lint(['CREATE TABLE fresh (id text)'], outside)).toEqual(['needs-transaction fresh']);
    });
  });

  describe('an exception', () => {
    const statements = ['ALTER TABLE sessions DROP COLUMN a'];
    const reason = 'nothing has read or written it since 0.3.0';

    it('should let pass the one finding it names', async () => {
      expect(await lint(statements, { allowed: { 'drop-column sessions.a': reason } })).toEqual([]);
      expect(await lint(statements, { allowed: { 'drop-column sessions.b': reason } })).toEqual([
        'drop-column sessions.a',
        expect.stringContaining('allows "drop-column sessions.b", which it does not do'),
      ]);
    });

    it('should be refused without a reason', async () => {
      expect(await lint(statements, { allowed: { 'drop-column sessions.a': 'ok' } })).toEqual([
        expect.stringContaining('without a reason'),
      ]);
    });
  });

  it('should refuse what it cannot read', async () => {
    class Hidden implements MigrationInterface {
      name = 'Hidden1';

      up = (queryRunner: QueryRunner): Promise<void> => queryRunner.dropTable('sessions');

      down = (): Promise<void> => Promise.resolve();
    }
    await expect(lintMigrations([Hidden])).rejects.toThrow(/by queryRunner\.query, not by dropTable/);
    await expect(lintMigrations([migration(['ALTER TABEL sessions'])])).rejects.toThrow(/syntax error/);
  });
});
