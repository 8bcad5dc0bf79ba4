import type { AlterTableCmd, AlterTableStmt, Constraint } from 'libpg-query';
import { judgeNewColumn } from './judge-column.js';
import type { Finding } from './migration.js';
import type { SchemaKnowledge } from './schema-knowledge.js';

type Subtype = NonNullable<AlterTableCmd['subtype']>;

/** Change the catalogue only: instant on any size of table, once the lock is had. */
const INSTANT: readonly Subtype[] = [
  'AT_ColumnDefault',
  'AT_DropNotNull',
  'AT_SetStorage',
  'AT_SetCompression',
];
/** Take a lock beside which reading and writing go on. */
const BESIDE_TRAFFIC: readonly Subtype[] = [
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
];

/** Judges every command of one `ALTER TABLE` on a table that is in use. */
export function judgeAlterTable(
  table: string,
  statement: AlterTableStmt,
  schema: SchemaKnowledge,
  isTransactional: boolean,
): Finding[] {
  const commands = (statement.cmds ?? []).flatMap((node) =>
    'AlterTableCmd' in node ? [node.AlterTableCmd] : [],
  );
  return commands.flatMap((command) => {
    const findings = judgeCommand(table, command, schema, isTransactional);
    const { subtype } = command;
    if (subtype !== undefined && subtype !== 'AT_ValidateConstraint' && !BESIDE_TRAFFIC.includes(subtype)) {
      schema.lock(table);
    }
    return findings;
  });
}

function judgeCommand(
  table: string,
  command: AlterTableCmd,
  schema: SchemaKnowledge,
  isTransactional: boolean,
): Finding[] {
  const { subtype, name = '', def } = command;
  const subject = name === '' ? table : `${table}.${name}`;
  if (subtype !== undefined && (INSTANT.includes(subtype) || BESIDE_TRAFFIC.includes(subtype))) {
    return [];
  }
  switch (subtype) {
    case 'AT_AddColumn':
      return def !== undefined && 'ColumnDef' in def ? judgeNewColumn(table, def.ColumnDef) : [];
    case 'AT_AddConstraint':
      return def !== undefined && 'Constraint' in def ? judgeConstraint(table, def.Constraint, schema) : [];
    case 'AT_ValidateConstraint': {
      schema.validate(table, name);
      const advice =
        'looks at every row while this transaction still locks the table; validate in a migration of its own';
      return isTransactional && schema.isLocked(table) ? [{ rule: 'scan-under-lock', subject, advice }] : [];
    }
    case 'AT_SetNotNull': {
      const advice =
        'looks at every row under an exclusive lock; add CHECK (… IS NOT NULL) NOT VALID, validate it, then set NOT NULL';
      return schema.isProvedNotNull(table, name) ? [] : [{ rule: 'set-not-null', subject, advice }];
    }
    case 'AT_AlterColumnType':
      return [
        {
          rule: 'change-type',
          subject,
          advice:
            'rewrites the table under an exclusive lock, and the release before knows the old type; add a new column, write both, fill, switch, drop',
        },
      ];
    case 'AT_DropColumn':
    case 'AT_DropConstraint':
      return [
        {
          rule: subtype === 'AT_DropColumn' ? 'drop-column' : 'drop-constraint',
          subject,
          advice:
            'the release before still uses it; drop it one release after the last use, and say so in `allowed`',
        },
      ];
    default:
      return [notKnown(subject, subtype ?? 'ALTER TABLE')];
  }
}

function judgeConstraint(table: string, constraint: Constraint, schema: SchemaKnowledge): Finding[] {
  const {
    contype,
    conname = '',
    skip_validation: isDeferred = false,
    indexname,
    raw_expr: check,
  } = constraint;
  const subject = `${table}.${conname}`;
  if (contype === 'CONSTR_UNIQUE' && indexname !== undefined) {
    return [];
  }
  if (contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN' || contype === 'CONSTR_NOTNULL') {
    const field = check !== undefined && 'NullTest' in check ? check.NullTest : undefined;
    if (field?.nulltesttype === 'IS_NOT_NULL' && field.arg !== undefined && 'ColumnRef' in field.arg) {
      const column = field.arg.ColumnRef.fields?.at(-1);
      schema.addNotNullCheck(
        table,
        conname,
        column !== undefined && 'String' in column ? (column.String.sval ?? '') : '',
      );
    }
    const advice = 'looks at every row under a lock; add it NOT VALID, and validate it in a later migration';
    return isDeferred ? [] : [{ rule: 'constraint-not-deferred', subject, advice }];
  }
  return [
    {
      rule: 'constraint-builds-index',
      subject,
      advice:
        'builds an index under an exclusive lock; create a unique index CONCURRENTLY, then add UNIQUE USING INDEX',
    },
  ];
}

/** What is not known to be harmless is refused: a new kind of statement is looked at by a person first. */
export function notKnown(subject: string, kind: string): Finding {
  return {
    rule: 'not-known-safe',
    subject,
    advice: `${kind} is not among the statements known to leave traffic alone; look up its lock, and allow it with the reason`,
  };
}
