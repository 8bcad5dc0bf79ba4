/** What is known about the schema while migrations are read in their order. */
export class SchemaKnowledge {
  /** Tables made by the migration at hand: nobody uses them yet, so nothing done to them can block anybody. */
  private readonly newTables = new Set<string>();
  private readonly newIndexes = new Set<string>();
  /** Tables whose readers or writers wait until the transaction at hand ends. */
  private readonly lockedTables = new Set<string>();
  private readonly droppedIndexes = new Set<string>();
  /** For each constraint `table.name` that says a column is never null: which column, and whether it is proved. */
  private readonly notNullChecks = new Map<string, { column: string; isValid: boolean }>();

  beginMigration(): void {
    for (const names of [this.newTables, this.newIndexes, this.lockedTables, this.droppedIndexes]) {
      names.clear();
    }
  }

  addTable(table: string): void {
    this.newTables.add(table);
  }

  isNewTable(table: string): boolean {
    return this.newTables.has(table);
  }

  addIndex(index: string): void {
    this.newIndexes.add(index);
  }

  isNewIndex(index: string): boolean {
    return this.newIndexes.has(index);
  }

  lock(table: string): void {
    this.lockedTables.add(table);
  }

  isLocked(table: string): boolean {
    return this.lockedTables.has(table);
  }

  dropIndex(index: string): void {
    this.droppedIndexes.add(index);
  }

  hasDroppedIndex(index: string): boolean {
    return this.droppedIndexes.has(index);
  }

  addNotNullCheck(table: string, name: string, column: string): void {
    this.notNullChecks.set(`${table}.${name}`, { column, isValid: false });
  }

  validate(table: string, name: string): void {
    const check = this.notNullChecks.get(`${table}.${name}`);
    if (check !== undefined) {
      check.isValid = true;
    }
  }

  isProvedNotNull(table: string, column: string): boolean {
    return [...this.notNullChecks].some(
      ([name, check]) => name.startsWith(`${table}.`) && check.column === column && check.isValid,
    );
  }
}
