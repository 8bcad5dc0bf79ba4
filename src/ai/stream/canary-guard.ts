import type { ReplyStage } from './reply-stage.js';

/** The most characters that are held back; more blanks than this between its letters make no canary. */
const MAX_HELD = 256;

/**
 * Ends a reply before the canary of the instructions, also where the canary is spread over many pieces,
 * written in capitals, or pulled apart by blanks, punctuation or invisible characters. It holds back only
 * what may be the beginning of a canary.
 */
export class CanaryGuard implements ReplyStage {
  private held = '';
  /** How many characters of the canary are in `held`. */
  private matched = 0;
  private isFound = false;
  /** Where a canary may begin: at its first letter, or at one beyond ASCII that stands for it. */
  private readonly beginning: RegExp;

  /** @param canary of lower-case letters and digits, the first of which, a letter, occurs only once in it. */
  constructor(private readonly canary: string) {
    const first = canary.charAt(0);
    this.beginning = new RegExp(`[${first}${first.toUpperCase()}\\u0080-\\u{10ffff}]`, 'u');
  }

  /** Whether the reply was about to give the instructions away. Nothing is let through any more. */
  get hasLeaked(): boolean {
    return this.isFound;
  }

  push(piece: string): string {
    if (this.held === '' && !this.isFound && !this.beginning.test(piece)) {
      return piece;
    }
    let released = '';
    for (const character of this.isFound ? '' : piece) {
      if (!this.isNext(character)) {
        released += this.held;
        this.held = '';
        this.matched = 0;
        // The character that ended one beginning may be another one.
        if (!this.isNext(character)) {
          released += character;
          continue;
        }
      }
      this.held += character;
      if (this.matched === this.canary.length) {
        this.isFound = true;
        this.held = '';
        break;
      }
    }
    return released;
  }

  end(): string {
    const rest = this.held;
    this.held = '';
    this.matched = 0;
    return rest;
  }

  /** Whether a character may stand at this place in a canary; counts it when it is one of the canary's. */
  private isNext(character: string): boolean {
    if (character.normalize('NFKC').toLowerCase() === this.canary[this.matched]) {
      this.matched += 1;
      return true;
    }
    return this.matched > 0 && this.held.length < MAX_HELD && !/[\p{L}\p{N}]/u.test(character);
  }
}
