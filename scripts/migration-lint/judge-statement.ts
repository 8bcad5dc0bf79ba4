import type { DropStmt, Node, VariableSetStmt } from 'libpg-query';
import { judgeAlterTable, notKnown } from './judge-alter-table.js';
import { judgeDroppedIndexes, judgeNewIndex } from './judge-indexes.js';
import { findAll, judgeWrites } from './judge-writes.js';
import type { Finding } from './migration.js';
import type { SchemaKnowledge } from './schema-knowledge.js';

/** Make something new, or say something about what is there, beside all traffic. */
const HARMLESS: readonly string[] = [
  'CreateSeqStmt',
  'CreateEnumStmt',
  'CreateDomainStmt',
  'CreateSchemaStmt',
  'CreateStatsStmt',
  'CommentStmt',
  'GrantStmt',
];
const WRITES: readonly string[] = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'];
/** May be run again after any failure, so a migration without a transaction may hold them. */
const REPEATABLE: readonly string[] = [
  ...WRITES,
  'IndexStmt',
  'VariableSetStmt',
  'VacuumStmt',
  'CommentStmt',
];
const REFUSED: Readonly<Record<string, string>> = {
  LockStmt: 'locks the table against all others until the transaction ends',
  ClusterStmt: 'rewrites the table under an exclusive lock',
  TruncateStmt: 'needs an exclusive lock, and the rows are gone',
  ReindexStmt: 'blocks writers; use REINDEX … CONCURRENTLY in a migration with transaction = false',
  DoStmt: 'hides its statements from this check; write them out',
};

export function judgeStatement(node: Node, schema: SchemaKnowledge, isTransactional: boolean): Finding[] {
  const [kind = ''] = Object.keys(node);
  const findings = judge(kind, node, schema, isTransactional);
  const isRepeatable = REPEATABLE.includes(kind) || isConcurrentDrop(node) || isValidation(node);
  if (!isTransactional && !isRepeatable && findings.length === 0) {
    const advice =
      'would fail when an attempt that broke off is repeated; put it into a migration with a transaction';
    return [{ rule: 'needs-transaction', subject: subjectOf(node) ?? kind, advice }];
  }
  return findings;
}

function judge(kind: string, node: Node, schema: SchemaKnowledge, isTransactional: boolean): Finding[] {
  if (HARMLESS.includes(kind)) {
    return [];
  }
  if (WRITES.includes(kind)) {
    return judgeWrites(node, schema, isTransactional);
  }
  if ('CreateStmt' in node) {
    const { relation, inhRelations = [], if_not_exists: mayExist = false } = node.CreateStmt;
    const table = relation?.relname ?? '';
    if (!mayExist) {
      schema.addTable(table);
    }
    return inhRelations.length > 0 ? [notKnown(table, 'a partition or a child of another table')] : [];
  }
  if ('IndexStmt' in node) {
    return judgeNewIndex(node.IndexStmt, schema, isTransactional);
  }
  if ('DropStmt' in node) {
    return judgeDrop(node.DropStmt, schema, isTransactional);
  }
  if ('AlterTableStmt' in node) {
    const table = node.AlterTableStmt.relation?.relname ?? '';
    const isNew = schema.isNewTable(table) || schema.isNewIndex(table);
    return isNew ? [] : judgeAlterTable(table, node.AlterTableStmt, schema, isTransactional);
  }
  if ('RenameStmt' in node) {
    const { relation, renameType, subname, newname = '' } = node.RenameStmt;
    const table = relation?.relname ?? '';
    const subject = subname === undefined ? (table === '' ? newname : table) : `${table}.${subname}`;
    const advice =
      'the release before knows only the old name; add the new one beside it, and drop the old one a release later';
    return renameType === 'OBJECT_INDEX' || schema.isNewTable(table)
      ? []
      : [{ rule: 'rename', subject, advice }];
  }
  if ('VariableSetStmt' in node) {
    return judgeSetting(node.VariableSetStmt, isTransactional);
  }
  if ('VacuumStmt' in node) {
    const isFull = findAll<{ defname?: string }>(node, ['DefElem']).some(({ defname }) => defname === 'full');
    return isFull
      ? [{ rule: 'rewrite', subject: 'VACUUM FULL', advice: 'rewrites the table under an exclusive lock' }]
      : [];
  }
  const advice = REFUSED[kind];
  return [
    advice === undefined
      ? notKnown(subjectOf(node) ?? kind, kind)
      : { rule: 'locks', subject: subjectOf(node) ?? kind, advice },
  ];
}

function judgeDrop(statement: DropStmt, schema: SchemaKnowledge, isTransactional: boolean): Finding[] {
  const names = (statement.objects ?? []).map(
    (object) => findAll<{ sval?: string }>(object, ['String']).at(-1)?.sval ?? '',
  );
  if (statement.removeType === 'OBJECT_INDEX') {
    return judgeDroppedIndexes(statement, names, schema, isTransactional);
  }
  const rule = statement.removeType === 'OBJECT_TABLE' ? 'drop-table' : 'drop-object';
  const advice =
    'the release before still uses it; drop it one release after the last use, and say so in `allowed`';
  return names.flatMap((subject) => (schema.isNewTable(subject) ? [] : [{ rule, subject, advice }]));
}

/** The migrator sets the time-outs. Only what waits beside all traffic, without a transaction, may wait longer. */
function judgeSetting(
  { name = '', is_local: isLocal }: VariableSetStmt,
  isTransactional: boolean,
): Finding[] {
  const isTimeout = name.endsWith('_timeout');
  if (isTimeout && isTransactional) {
    const advice =
      'the migrator bounds every wait for a lock, so that traffic behind it does not queue up; leave it';
    return [{ rule: 'time-out', subject: name, advice }];
  }
  return isTimeout || isLocal === true ? [] : [notKnown(name, 'a setting of the session')];
}

function isConcurrentDrop(node: Node): boolean {
  return 'DropStmt' in node && node.DropStmt.concurrent === true;
}

function isValidation(node: Node): boolean {
  return (
    'AlterTableStmt' in node &&
    findAll<{ subtype?: string }>(node, ['AlterTableCmd']).every(
      ({ subtype }) => subtype === 'AT_ValidateConstraint',
    )
  );
}

function subjectOf(node: Node): string | undefined {
  return findAll<{ relname?: string }>(node, ['RangeVar', 'relation'])[0]?.relname;
}
