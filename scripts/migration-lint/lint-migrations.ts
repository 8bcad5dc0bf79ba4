import type { MigrationInterface } from 'typeorm';
import { judgeStatement } from './judge-statement.js';
import type { Finding, JudgedMigration } from './migration.js';
import { recordMigration } from './record-migration.js';
import { SchemaKnowledge } from './schema-knowledge.js';

/** A reason is a sentence, not "ok". */
const MIN_REASON_LENGTH = 20;

/** Reads all migrations in their order and says, a line each, what running traffic would not survive. */
export async function lintMigrations(
  migrations: readonly (new () => MigrationInterface)[],
): Promise<string[]> {
  const schema = new SchemaKnowledge();
  const problems: string[] = [];
  for (const Migration of migrations) {
    problems.push(...judgeMigration(await recordMigration(new Migration()), schema));
  }
  return problems;
}

function judgeMigration(migration: JudgedMigration, schema: SchemaKnowledge): string[] {
  const { name, allowed, isTransactional, statements } = migration;
  schema.beginMigration();
  const findings = [
    ...statements.flatMap(({ node }) => judgeStatement(node, schema, isTransactional)),
    ...(isTransactional ? [] : findTimeoutsLeft(migration)),
  ];
  const keys = new Set(findings.map(keyOf));
  return [
    ...findings.filter((finding) => !Object.hasOwn(allowed, keyOf(finding))).map(describe),
    ...Object.keys(allowed)
      .filter((key) => !keys.has(key))
      .map((key) => `allows "${key}", which it does not do: take that out`),
    ...Object.entries(allowed)
      .filter(([, reason]) => reason.trim().length < MIN_REASON_LENGTH)
      .map(([key]) => `allows "${key}" without a reason that a reader could judge`),
  ].map((problem) => `${name}: ${problem}`);
}

/** Without a transaction a time-out stays set, and would hold for the next migration too. */
function findTimeoutsLeft({ statements }: JudgedMigration): Finding[] {
  const set = new Set<string>();
  for (const { node } of statements) {
    if ('VariableSetStmt' in node) {
      const { name = '', kind } = node.VariableSetStmt;
      if (kind === 'VAR_RESET') {
        set.delete(name);
      } else {
        set.add(name);
      }
    }
  }
  return [...set].map((subject) => ({ rule: 'time-out', subject, advice: `end with RESET ${subject}` }));
}

function keyOf({ rule, subject }: Finding): string {
  return `${rule} ${subject}`;
}

function describe(finding: Finding): string {
  return `${keyOf(finding)}: ${finding.advice}`;
}
