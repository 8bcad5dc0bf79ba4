/**
 * The marks that open a block of code where no list and no quote is open: at the very start of a line. One renderer
 * may take a line with a bar for the head of a table, and what could be a tag or a link must be looked at.
 */
const OPENING = /^(?:(`{3,})[^`|<\]\n\r]*|(~{3,})[^|<\]\n\r]*)$/;

/** Code between two lines of marks. */
export class Fence {
  private readonly closing: RegExp;
  private readonly possibleClosing: RegExp;

  private constructor(mark: string) {
    const character = mark.charAt(0);
    this.closing = new RegExp(`^ {0,3}${character}{${mark.length},}[ \\t]*$`);
    this.possibleClosing = new RegExp(`^ {0,3}${character}*[ \\t]*$`);
  }

  /** The fence that a line (without its end) opens at its first character. */
  static openedBy(line: string): Fence | undefined {
    const [, backticks, tildes] = OPENING.exec(line) ?? [];
    const mark = backticks ?? tildes;
    return mark === undefined ? undefined : new Fence(mark);
  }

  isClosedBy(line: string): boolean {
    return this.closing.test(line);
  }

  /** Whether the start of a line may yet become one that closes the code. */
  mayBeClosedBy(start: string): boolean {
    return this.possibleClosing.test(start);
  }
}
