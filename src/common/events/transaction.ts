/** An open database transaction, as far as a listener of domain events needs to know it. */
export interface Transaction {
  /** Runs a statement now and returns its rows. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * Adds a statement whose result nobody needs. It travels together with COMMIT, so it costs no round trip
   * of its own; if it fails, the whole transaction is rolled back and its owner gets the error.
   */
  enlist(text: string, values?: readonly unknown[]): void;
}
