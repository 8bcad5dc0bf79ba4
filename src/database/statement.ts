import type { QueryResult } from 'pg';

/** SQL text; with a name it is parsed and planned once per connection instead of at every call. */
export type Statement = string | { readonly name: string; readonly text: string };

/** What can run a statement: a connection. */
export interface StatementRunner {
  query<Row extends object>(query: {
    name?: string;
    text: string;
    values: unknown[];
  }): Promise<QueryResult<Row>>;
}

/** Without its name: a pooler may run the next statement on a connection that has never heard it. */
export function unnamed(statement: Statement): string {
  return typeof statement === 'string' ? statement : statement.text;
}

export function runStatement<Row extends object>(
  runner: StatementRunner,
  statement: Statement,
  values: readonly unknown[],
): Promise<QueryResult<Row>> {
  const query = typeof statement === 'string' ? { text: statement } : statement;
  return runner.query<Row>({ ...query, values: [...values] });
}
