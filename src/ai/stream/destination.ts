/** Where a Markdown link leads, by its place in the text. */
export interface Destination {
  /** As it is written, without angle brackets. */
  readonly written: string;
  /** The first place behind it. */
  readonly end: number;
}

/**
 * Reads the destination of a link (CommonMark, section 6.3) that begins behind `](` or `]:`, after blanks and
 * at most one line break. Undefined when more text is needed to know where it ends.
 */
export function readDestination(text: string, from: number, isLast: boolean): Destination | undefined {
  const [blanks = ''] = /^[ \t]*(?:\r\n?|\n)?[ \t]*/.exec(text.slice(from)) ?? [];
  const start = from + blanks.length;
  const destination = text[start] === '<' ? readBracketed(text, start) : readBare(text, start);
  return destination.end < text.length || destination.isClosed || isLast ? destination : undefined;
}

function readBracketed(text: string, start: number): Destination & { readonly isClosed: boolean } {
  const length = text.slice(start).search(/[>\n]/);
  const end = length === -1 ? text.length : start + length;
  const isClosed = text[end] === '>';
  return { written: text.slice(start + 1, end), end: isClosed ? end + 1 : end, isClosed };
}

function readBare(text: string, start: number): Destination & { readonly isClosed: boolean } {
  let depth = 0;
  let end = start;
  while (end < text.length && !/[\s\p{Cc}]/u.test(text[end] ?? '')) {
    const character = text[end];
    if (character === ')' && depth === 0) {
      break;
    }
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    end += character === '\\' ? 2 : 1;
  }
  end = Math.min(end, text.length);
  return { written: text.slice(start, end), end, isClosed: false };
}
