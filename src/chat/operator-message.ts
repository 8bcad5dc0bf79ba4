/** What an operator wrote to the visitor, as readers of the conversation see it. */
export interface OperatorMessage {
  readonly id: string;
  readonly text: string;
  readonly createdAt: Date;
  /** When its text was last changed; null where it never was. */
  readonly editedAt: Date | null;
}
