import { removeLeadingByteOrderMarks } from './forbidden-characters.js';

/** What readers have seen, and what they are to see next. */
export class ShownText {
  whole = '';
  private next = '';

  add(text: string): void {
    // What stood before a byte order mark may have gone.
    const allowed = this.whole === '' ? removeLeadingByteOrderMarks(text) : text;
    this.whole += allowed;
    this.next += allowed;
  }

  take(): string {
    const { next } = this;
    this.next = '';
    return next;
  }
}
