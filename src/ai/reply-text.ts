/**
 * The text of a reply as it arrives. It lets through only what can be stored and sent piece by piece: no NUL
 * (PostgreSQL refuses it), no half of a character (some models split them), and nothing before the first
 * visible character, so that an answer of blanks counts as empty.
 */
export class ReplyText {
  private sent = '';
  private held = '';

  /** All that was let through. */
  get value(): string {
    return this.sent;
  }

  /** Takes the next piece and returns what may now be sent, which can be nothing. */
  push(piece: string): string {
    const text = this.held + piece.replaceAll('\0', '');
    if (this.sent === '' && text.trim() === '') {
      this.held = text;
      return '';
    }
    const complete = endsInHalf(text) ? text.slice(0, -1) : text;
    this.held = text.slice(complete.length);
    const delta = complete.toWellFormed();
    this.sent += delta;
    return delta;
  }
}

/** Whether the last code unit is the first half of a surrogate pair. */
function endsInHalf(text: string): boolean {
  return /[\uD800-\uDBFF]$/.test(text);
}
