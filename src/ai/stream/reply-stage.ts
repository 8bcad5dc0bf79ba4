/** One concern on the way of a reply from the model to its reader. */
export interface ReplyStage {
  /** Takes the next piece and returns what may now go on, which can be nothing. */
  push(piece: string): string;
  /** Returns what was held back, now that no more comes. */
  end(): string;
}
