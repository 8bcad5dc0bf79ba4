import type { DropStmt, IndexStmt } from 'libpg-query';
import type { Finding } from './migration.js';
import type { SchemaKnowledge } from './schema-knowledge.js';

const IN_TRANSACTION =
  'PostgreSQL refuses CONCURRENTLY in a transaction; give the migration transaction = false';

export function judgeNewIndex(
  statement: IndexStmt,
  schema: SchemaKnowledge,
  isTransactional: boolean,
): Finding[] {
  const table = statement.relation?.relname ?? '';
  const subject = statement.idxname ?? table;
  schema.addIndex(subject);
  if (schema.isNewTable(table)) {
    return [];
  }
  if (statement.concurrent !== true) {
    const advice = `nobody can write to ${table} while it is built; use CREATE INDEX CONCURRENTLY in a migration with transaction = false`;
    return [{ rule: 'index-blocks-writes', subject, advice }];
  }
  if (isTransactional) {
    return [{ rule: 'concurrently-in-transaction', subject, advice: IN_TRANSACTION }];
  }
  const advice =
    'an attempt that failed leaves an invalid index behind, which IF NOT EXISTS would keep; run DROP INDEX CONCURRENTLY IF EXISTS before it, and create it without IF NOT EXISTS';
  return schema.hasDroppedIndex(subject) && statement.if_not_exists !== true
    ? []
    : [{ rule: 'index-not-repeatable', subject, advice }];
}

export function judgeDroppedIndexes(
  statement: DropStmt,
  names: readonly string[],
  schema: SchemaKnowledge,
  isTransactional: boolean,
): Finding[] {
  return names.flatMap((subject) => {
    schema.dropIndex(subject);
    if (schema.isNewIndex(subject)) {
      return [];
    }
    if (statement.concurrent !== true) {
      const advice =
        'waits for every reader of the table and holds up all others meanwhile; use DROP INDEX CONCURRENTLY';
      return [{ rule: 'index-blocks-writes', subject, advice }];
    }
    return isTransactional ? [{ rule: 'concurrently-in-transaction', subject, advice: IN_TRANSACTION }] : [];
  });
}
