interface SqlQuery {
  readonly query: string;
}

/** The source of a migration that runs these statements; `name` is in kebab case. */
export function renderMigration(
  name: string,
  timestamp: number,
  up: readonly SqlQuery[],
  down: readonly SqlQuery[],
): { fileName: string; source: string } {
  const className = `${name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase())}${timestamp}`;
  const body = (queries: readonly SqlQuery[]): string =>
    queries
      .map(({ query }) => `    await queryRunner.query(\`${query.replaceAll('`', '\\`')}\`);`)
      .join('\n');
  const source = `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  name = '${className}';

  async up(queryRunner: QueryRunner): Promise<void> {
${body(up)}
  }

  async down(queryRunner: QueryRunner): Promise<void> {
${body([...down].reverse())}
  }
}
`;
  return { fileName: `${timestamp}-${name}.ts`, source };
}
