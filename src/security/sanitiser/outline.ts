import { isCalm } from './calm-line.js';
import { Fence } from './fence.js';

const BLANK = /^[ \t]*$/;
const CONTAINERS = String.raw`[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*[ \t>]*`;
const FENCE = new RegExp(`^(${CONTAINERS})(\`{3,}(?=[^\`]*$)|~{3,})`);
const MARKUP_START = new RegExp(`^${CONTAINERS}<`);
const QUOTE = /^ {0,3}>/;
/** A definition's destination, and what may be the start of its title. */
const DESTINATION = /^[ \t>]*(?:<[^>]*>|\S+)?/;
/** On one line; more are taken for the worst. */
const MOST_DEFINITIONS = 50;
const OPEN_TITLE = /^(?:"[^"\\]*|'[^'\\]*|\([^()\\]*)(?:\\|$)/;

/** Code in a list or a quote, or what is code only there. */
interface LooseFence {
  readonly column: number;
  readonly isQuoted: boolean;
  readonly closing: RegExp;
}

/**
 * Follows the lines of a text that begins outside of everything, to tell where it is surely outside again. It knows
 * too little Markdown to say so always; where it cannot, `isSure` is false.
 */
export class Outline {
  isAfterBlank = true;
  /** Whether code spans on all lines since the last empty one are closed on their line, for every renderer. */
  private isCalmSoFar = true;
  private loose: LooseFence | undefined;
  private isLost = false;
  private hasMarkupStart = false;
  private expected: 'destination' | 'title' | undefined;
  /** Whether a title is open that one renderer lets go on over empty lines. */
  hasOpenTitle = false;

  get isSure(): boolean {
    return this.loose === undefined && !this.isLost && !this.hasOpenTitle;
  }

  get isCalm(): boolean {
    return this.isSure && this.isCalmSoFar;
  }

  /** Whether a fence at the start of the next line is one for every renderer. */
  get mayOpenFence(): boolean {
    return this.isSure && !this.hasMarkupStart && this.expected === undefined;
  }

  /** @param line without its end */
  add(line: string): void {
    if (this.loose !== undefined && this.isInLooseFence(line, this.loose)) {
      // Should it be no code after all, a definition would count.
      if (this.expected !== undefined || /^[ \t>]*\[/.test(line)) this.followDefinition(line);
      return;
    }
    this.isAfterBlank = BLANK.test(line);
    if (this.isAfterBlank) {
      this.isCalmSoFar = true;
      this.hasMarkupStart = false;
      this.expected = undefined;
      return;
    }
    this.isCalmSoFar &&= isCalm(line);
    this.hasMarkupStart ||= MARKUP_START.test(line);
    this.openFence(line);
    this.followDefinition(line);
  }

  private openFence(line: string): void {
    const [, before, mark = ''] = FENCE.exec(line) ?? [];
    if (before === undefined) return;
    const isQuoted = before.includes('>');
    const prefix = isQuoted ? ' {0,3}> ?' : ` {${before.length}}`;
    const closing = new RegExp(`^${prefix}${mark.charAt(0)}{${mark.length},} *$`);
    this.loose = { column: before.length, isQuoted, closing };
    const isOdd = before === '' || /[\t|]/.test(line) || (isQuoted && !/^ {0,3}> ?$/.test(before));
    if (isOdd || this.expected !== undefined || this.hasMarkupStart) this.isLost = true;
  }

  private isInLooseFence(line: string, { column, isQuoted, closing }: LooseFence): boolean {
    if (closing.test(line)) {
      this.loose = undefined;
      this.isAfterBlank = false;
      return true;
    }
    if (isQuoted) {
      if (QUOTE.test(line)) {
        if (Fence.openedBy(line.replace(/^[ \t>]*/, '')) !== undefined) this.isLost = true;
        return true;
      }
      this.loose = undefined;
      return false;
    }
    this.isAfterBlank = BLANK.test(line);
    if (this.isAfterBlank) return true;
    if (line.slice(0, column).trim() !== '') this.isLost = true;
    else if (/^[ \t]*(?:```|~~~)/.test(line)) this.isLost = true;
    return true;
  }

  private followDefinition(line: string): void {
    if (this.expected === undefined && !line.includes(']:')) return;
    const isTitleDue = this.expected === 'title';
    const parts = this.expected === undefined ? [] : [line];
    for (
      let at = line.indexOf(']:');
      at !== -1 && parts.length <= MOST_DEFINITIONS;
      at = line.indexOf(']:', at + 2)
    )
      parts.push(line.slice(at + 2));
    this.expected = undefined;
    this.hasOpenTitle ||= parts.length > MOST_DEFINITIONS;
    parts.slice(0, MOST_DEFINITIONS).forEach((rest, index) => {
      const destination = isTitleDue && index === 0 ? '' : (DESTINATION.exec(rest)?.[0] ?? '');
      const title = rest.slice(destination.length).replace(/^[ \t>]+/, '');
      if (OPEN_TITLE.test(title)) this.hasOpenTitle = true;
      if (title === '') this.expected = destination.trim() === '' ? 'destination' : 'title';
    });
  }
}

const LINE = /[^\n\r]*(?:\r\n|\n|\r)/y;

/** The outline of all complete lines of a text, and where the first incomplete one begins. */
export function outlineOf(text: string): { outline: Outline; lineStart: number } {
  const outline = new Outline();
  let lineStart = 0;
  for (LINE.lastIndex = 0; LINE.test(text); lineStart = LINE.lastIndex) {
    outline.add(text.slice(lineStart, LINE.lastIndex).replace(/[\n\r]+$/, ''));
  }
  return { outline, lineStart };
}
