import type { ReplyStage } from './reply-stage.js';

/**
 * Lets through only what can be stored and sent piece by piece: no NUL (PostgreSQL refuses it), no half of a
 * character (some models split them), and nothing before the first visible character, so that an answer of
 * blanks counts as empty.
 */
export class ReplyText implements ReplyStage {
  private hasBegun = false;
  private held = '';

  push(piece: string): string {
    const text = this.held + piece.replaceAll('\0', '');
    if (!this.hasBegun && text.trim() === '') {
      this.held = text;
      return '';
    }
    this.hasBegun = true;
    const complete = endsInHalf(text) ? text.slice(0, -1) : text;
    this.held = text.slice(complete.length);
    return complete.toWellFormed();
  }

  /** Half a character, or blanks that nothing followed: neither is worth showing. */
  end(): string {
    return '';
  }
}

/** Whether the last code unit is the first half of a surrogate pair. */
function endsInHalf(text: string): boolean {
  return /[\uD800-\uDBFF]$/.test(text);
}
