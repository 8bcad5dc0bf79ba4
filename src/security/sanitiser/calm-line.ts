/** What a line may begin with: one mark of a list or heading, and no second one. */
const START = String.raw` {0,3}(?:(?:[-*+]|\d{1,9}[.)]|#{1,6}) {1,3})?(?!(?:[-*+]|\d{1,9}[.)])[ \t]|[ \t])`;
/** Nothing that binds as tightly as code in some renderer: escapes, links, tables, tags, autolinks, strike-through. */
const OUTSIDE = '[^`\\\\[\\]|<>~&@\\p{Cc}]';
const INSIDE = '[^`\\\\|~\\p{Cc}]';
const CALM = new RegExp(`${START}(?:${OUTSIDE}|\`${INSIDE}{1,500}\`(?!\`))*`, 'uy');
const OPEN_SPAN = new RegExp(`^\`${INSIDE}{0,500}$`, 'u');
const BARE_ADDRESS = /:\/\/|www\.|mailto:|xmpp:/i;
/** Longer lines are not called calm: they are read again for each sign in them. */
const LONGEST = 2_000;

/** How much of a line is calm, undefined if it begins otherwise. */
function calmLength(line: string): number | undefined {
  CALM.lastIndex = 0;
  return CALM.exec(line)?.[0].length;
}

/**
 * Whether code spans in a line are code whatever comes before it in its paragraph and after it: each is closed on the
 * line, and nothing in it could make a renderer see them otherwise. The lines before it must be calm too.
 */
export function isCalm(line: string): boolean {
  return line.length <= LONGEST && !BARE_ADDRESS.test(line) && calmLength(line) === line.length;
}

/**
 * Whether a position lies in such a code span. What follows the span does not matter.
 *
 * @param known the line as far as it is known
 * @param isComplete whether that is all of it
 * @returns `open` if the span is not closed yet, but may be
 */
export function calmSpanAt(
  known: string,
  position: number,
  isComplete: boolean,
): 'code' | 'open' | undefined {
  const line = known.slice(0, LONGEST);
  const mayGoOn = !isComplete && known.length <= LONGEST;
  if (position >= line.length || BARE_ADDRESS.test(line.slice(0, position))) return undefined;
  const length = calmLength(line);
  if (length === undefined) return undefined;
  if (position >= length) return mayGoOn && OPEN_SPAN.test(line.slice(length)) ? 'open' : undefined;
  const end = line.indexOf('`', position) + 1;
  if (end < line.length || isComplete) return 'code';
  return mayGoOn ? 'open' : undefined;
}
