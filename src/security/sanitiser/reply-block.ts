import { calmSpanAt } from './calm-line.js';
import { removeLeadingByteOrderMarks } from './forbidden-characters.js';
import { type ElementNames } from './live-tag.js';
import { Outline, outlineOf } from './outline.js';
import { type ShownText } from './shown-text.js';
import { closedPlainForm, firstSuspect, type Suspect } from './suspect.js';

/** What is looked at to see what a line begins with. */
export const LINE_START = 20;

/** A line without its end. */
export function withoutEnd(line: string): string {
  return line.replace(/[\n\r]+$/, '');
}

/** The block of a text that is being read: what has been shown of it, what is held back, what is not read yet. */
export class ReplyBlock {
  /** How much of the text has been shown. */
  shown = 0;
  lineStart = 0;
  isLineBegun = false;
  outline = new Outline();
  suspect: Suspect | undefined;
  /** Whether all that is held back gets the plain form. */
  isPlain = false;
  private searched = 0;

  /** @param isApart whether no list can be open before it, whatever it begins with */
  constructor(
    private readonly output: ShownText,
    public text: string,
    readonly isApart: boolean,
  ) {}

  get held(): string {
    return this.text.slice(this.shown, this.lineStart);
  }

  add(text: string): void {
    this.text += text;
    if (this.output.whole === '' && this.shown === 0) this.text = removeLeadingByteOrderMarks(this.text);
  }

  /** The block that begins at the current line. */
  next(isApart: boolean): ReplyBlock {
    const block = new ReplyBlock(this.output, '', isApart);
    block.add(this.text.slice(this.lineStart));
    block.shown = Math.max(0, this.shown - this.lineStart);
    block.outline.hasOpenTitle = block.isPlain = this.outline.hasOpenTitle;
    return block;
  }

  /** Where the current line ends, undefined if that has not come yet. */
  lineEnd(isLast: boolean): number | undefined {
    const end = /\r\n|\n|\r(?=[^])/g;
    end.lastIndex = Math.max(this.lineStart, this.searched);
    if (end.exec(this.text)) return end.lastIndex;
    this.searched = Math.max(0, this.text.length - 1);
    return isLast && this.lineStart < this.text.length ? this.text.length : undefined;
  }

  showUpTo(end: number): void {
    if (end <= this.shown) return;
    this.output.add(this.text.slice(this.shown, end));
    this.shown = end;
  }

  /** Shows what stays as it is in every surrounding, up to the first that may not. */
  showHarmless(end: number, isComplete: boolean, isElement: ElementNames): void {
    const text = this.text.slice(0, end);
    const isCode = (position: number) =>
      position >= this.lineStart && this.outline.isCalm
        ? calmSpanAt(withoutEnd(text.slice(this.lineStart)), position - this.lineStart, isComplete)
        : undefined;
    this.suspect = firstSuspect(text, this.shown, isElement, isCode);
    this.showUpTo(this.suspect?.at ?? end);
  }

  /** Shows something in place of what is held up to a position, and reads the block again as it now is. */
  replace(upTo: number, replacement: string): void {
    const at = this.shown + replacement.length;
    this.text = this.text.slice(0, this.shown) + replacement + this.text.slice(upTo);
    this.showUpTo(at);
    this.suspect = undefined;
    const { outline, lineStart } = outlineOf(this.text.slice(0, at));
    outline.hasOpenTitle ||= this.outline.hasOpenTitle;
    this.outline = outline;
    this.lineStart = lineStart;
    this.isLineBegun = lineStart < at;
    this.searched = 0;
  }

  /** Lets go of what is held for too long, in its plain form; true if there was something. */
  hasPassedBound(end: number, mostHeld: number): boolean {
    const bound = Math.max(this.shown + mostHeld, this.lineStart + LINE_START);
    if (end <= bound) return false;
    this.isPlain = true;
    const upTo = this.lineStart > this.shown ? this.lineStart : bound;
    this.replace(upTo, closedPlainForm(this.text.slice(this.shown, upTo)));
    return true;
  }

  /** Goes on to the next line. In a plain block what this one holds is shown, unless the next may be a destination. */
  finishLine(end: number): void {
    const isOpen = this.suspect?.isDestination === true && this.suspect.verdict === 'open';
    let lineEnd = end;
    if (this.isPlain && this.suspect !== undefined && !isOpen) {
      const plain = closedPlainForm(this.text.slice(this.shown, end));
      lineEnd = this.shown + plain.length;
      this.text = this.text.slice(0, this.shown) + plain + this.text.slice(end);
      this.showUpTo(lineEnd);
      this.suspect = undefined;
    }
    this.outline.add(withoutEnd(this.text.slice(this.lineStart, lineEnd)));
    this.lineStart = lineEnd;
    this.isLineBegun = false;
  }
}
