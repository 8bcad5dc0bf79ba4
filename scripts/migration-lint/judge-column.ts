import type { ColumnDef, Constraint, Node } from 'libpg-query';
import type { Finding } from './migration.js';

/** Same for every row of one statement, so PostgreSQL stores the value once and touches no row. */
const STABLE_FUNCTIONS: readonly string[] = ['now', 'transaction_timestamp', 'statement_timestamp'];
const SERIAL_TYPES: readonly string[] = [
  'serial',
  'bigserial',
  'smallserial',
  'serial4',
  'serial8',
  'serial2',
];

/** Judges `ADD COLUMN` on a table that is in use. */
export function judgeNewColumn(table: string, column: ColumnDef): Finding[] {
  const subject = `${table}.${column.colname ?? ''}`;
  const constraints = (column.constraints ?? []).flatMap((node) =>
    'Constraint' in node ? [node.Constraint] : [],
  );
  const kinds = new Set(constraints.map(({ contype }) => contype));
  const value = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  const findings: Finding[] = [];
  if (kinds.has('CONSTR_GENERATED') || kinds.has('CONSTR_IDENTITY') || isSerial(column)) {
    findings.push({
      rule: 'rewrite',
      subject,
      advice:
        'a generated, identity or serial column rewrites the table under an exclusive lock; add it nullable and fill it in batches',
    });
  } else if (value !== undefined && !isStable(value)) {
    findings.push({
      rule: 'rewrite',
      subject,
      advice:
        'a default that may differ from row to row rewrites the table; add the column without it, set the default, fill the old rows in batches',
    });
  } else if ((kinds.has('CONSTR_NOTNULL') || kinds.has('CONSTR_PRIMARY')) && value === undefined) {
    findings.push({
      rule: 'required-column',
      subject,
      advice:
        'fails where there are rows, and refuses those of the release before; give it a constant default, or leave it nullable',
    });
  }
  return [...findings, ...constraints.flatMap((constraint) => judgeInline(subject, constraint, value))];
}

function judgeInline(subject: string, { contype }: Constraint, value: Node | undefined): Finding[] {
  // A foreign key of a column that is null everywhere needs no look at any row.
  if (contype === 'CONSTR_CHECK' || (contype === 'CONSTR_FOREIGN' && value !== undefined)) {
    const advice =
      'looks at every row under an exclusive lock; add the constraint NOT VALID, and validate it in a later migration';
    return [{ rule: 'constraint-not-deferred', subject, advice }];
  }
  if (contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY') {
    const advice =
      'builds an index under an exclusive lock; create the unique index CONCURRENTLY, then add the constraint USING INDEX';
    return [{ rule: 'constraint-builds-index', subject, advice }];
  }
  return [];
}

function isSerial({ typeName }: ColumnDef): boolean {
  const last = typeName?.names?.at(-1);
  return last !== undefined && 'String' in last && SERIAL_TYPES.includes(last.String.sval ?? '');
}

/** Constants, casts, arrays and operators of them, and the few functions above; anything else may be volatile. */
function isStable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) {
    return true;
  }
  if ('FuncCall' in value) {
    const { funcname = [] } = value.FuncCall as { funcname?: { String?: { sval?: string } }[] };
    return STABLE_FUNCTIONS.includes(funcname.at(-1)?.String?.sval ?? '');
  }
  return Object.values(value).every(isStable);
}
