import type { Node } from 'libpg-query';

/** One statement of a migration, as PostgreSQL itself reads it. */
export interface ParsedStatement {
  readonly node: Node;
  readonly text: string;
}

/** What is wrong with one statement. `subject` names the table, column or constraint it is about. */
export interface Finding {
  readonly rule: string;
  readonly subject: string;
  /** What it would do to the running service, and what to write instead. */
  readonly advice: string;
}

/** What a migration may carry beside `up` and `down`, for this check. */
export interface JudgedMigration {
  readonly name: string;
  /** False: it runs outside a transaction, statement by statement (`transaction = false` of TypeORM). */
  readonly isTransactional: boolean;
  /** Findings let pass, as `rule subject`, each with the reason that makes it harmless here. */
  readonly allowed: Readonly<Record<string, string>>;
  readonly statements: readonly ParsedStatement[];
}
