import { renderMigration } from '../../src/database/migration-template.js';

describe('renderMigration', () => {
  it('should write a migration that takes back in reverse what it does', () => {
    const { fileName, source } = renderMigration(
      'add-two-things',
      42,
      [{ query: 'A' }, { query: 'B`' }],
      [{ query: 'C' }, { query: 'D' }],
    );
    expect(fileName).toBe('42-add-two-things.ts');
    expect(source).toContain('export class AddTwoThings42 implements MigrationInterface');
    expect(source.match(/query\(`.*`\)/g)).toEqual([
      'query(`A`)',
      'query(`B\\``)',
      'query(`D`)',
      'query(`C`)',
    ]);
  });
});
