import type { DeleteStmt, Node, UpdateStmt } from 'libpg-query';
import type { Finding } from './migration.js';
import type { SchemaKnowledge } from './schema-knowledge.js';

const LARGEST_BATCH = 10_000;

/** Judges every UPDATE and DELETE of a statement, also inside its WITH, and every lock it takes on rows. */
export function judgeWrites(node: Node, schema: SchemaKnowledge, isTransactional: boolean): Finding[] {
  const writes = findAll<UpdateStmt | DeleteStmt>(node, ['UpdateStmt', 'DeleteStmt']);
  const findings = writes.flatMap(({ relation, whereClause }) => {
    const table = relation?.relname ?? '';
    const isBatch = !isTransactional && whereClause !== undefined && hasSmallLimit(whereClause);
    const advice = `locks rows until the whole table is done; write batches, "WHERE … IN (SELECT … LIMIT n)" with n up to ${LARGEST_BATCH}, in a migration with transaction = false`;
    return schema.isNewTable(table) || isBatch ? [] : [{ rule: 'unbounded-write', subject: table, advice }];
  });
  if (writes.length === 0 && findAll(node, ['LockingClause']).length > 0) {
    findings.push({
      rule: 'unbounded-write',
      subject: 'SELECT',
      advice: 'locks the rows it reads until the transaction ends',
    });
  }
  return findings;
}

function hasSmallLimit(node: Node): boolean {
  return findAll<{ limitCount?: { A_Const?: { ival?: { ival?: number } } } }>(node, ['SelectStmt']).some(
    ({ limitCount }) => {
      const limit = limitCount?.A_Const?.ival?.ival;
      return limit !== undefined && limit > 0 && limit <= LARGEST_BATCH;
    },
  );
}

/** Every node of these kinds, at any depth. */
export function findAll<T>(value: unknown, kinds: readonly string[]): T[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, child]) => [
    ...(kinds.includes(key) ? [child as T] : []),
    ...findAll<T>(child, kinds),
  ]);
}
