import { parse } from 'libpg-query';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { JudgedMigration, ParsedStatement } from './migration.js';

type Migration = MigrationInterface & { readonly allowed?: Readonly<Record<string, string>> };

/** Runs `up` on nothing and parses what it would have sent. */
export async function recordMigration(migration: Migration): Promise<JudgedMigration> {
  const texts: string[] = [];
  await migration.up(recorder(texts));
  const statements: ParsedStatement[] = [];
  for (const text of texts) {
    const { stmts = [] } = await parse(text);
    statements.push(...stmts.flatMap(({ stmt }) => (stmt === undefined ? [] : [{ node: stmt, text }])));
  }
  return {
    name: migration.name ?? migration.constructor.name,
    isTransactional: migration.transaction ?? true,
    allowed: migration.allowed ?? {},
    statements,
  };
}

/** Only `query` can be judged: what TypeORM's builders send depends on the database they find. */
function recorder(texts: string[]): QueryRunner {
  const query = (text: string): Promise<unknown[]> => {
    texts.push(text);
    return Promise.resolve([]);
  };
  return new Proxy({ query } as Partial<QueryRunner> as QueryRunner, {
    get(_target, property) {
      if (property !== 'query') {
        throw new Error(`a migration must send its SQL by queryRunner.query, not by ${String(property)}`);
      }
      return query;
    },
  });
}
