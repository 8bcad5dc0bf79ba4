/** An attribute of a tag. A bare word, as the second of `<public address>`, has no value. */
export interface Attribute {
  readonly name: string;
  readonly value: string | undefined;
}

/** A start or end tag as the tokenizer of the HTML standard (13.2.5) reads it. */
export interface Tag {
  readonly isEnd: boolean;
  /** In lower case; anything up to white space, `/` or `>`, so `int,` is a name too. */
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly isSelfClosing: boolean;
  /** After the `>`, or where reading stopped: at the limit, or before the next `<` that may start markup. */
  readonly end: number;
  readonly isClosed: boolean;
  /** After the last attribute with a value, or after the name if there is none. */
  readonly lastValueEnd: number;
}

const NAME = /[^\t\n\f\r />]*/y;
const ATTRIBUTE_GAP = /[\t\n\f\r /]*/y;
const ATTRIBUTE_NAME = /=?[^\t\n\f\r />=]*/y;
const EQUALS = /[\t\n\f\r ]*=[\t\n\f\r ]*/y;
const UNQUOTED = /[^\t\n\f\r >]*/y;
const NEXT_MARKUP = /<[a-z/!?]/iy;

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/** The end of an attribute's value that begins at a position, with its closing quote. */
function valueEnd(text: string, at: number): number {
  const quote = text[at];
  if (quote !== '"' && quote !== "'") return at + match(UNQUOTED, text, at).length;
  const closing = text.indexOf(quote, at + 1);
  return closing === -1 ? text.length : closing + 1;
}

/**
 * Reads the tag whose `<` is at a position; undefined when no letter follows.
 *
 * @param limit where reading stops at the latest: a Markdown tag never goes on after an empty line
 */
export function readTag(whole: string, start: number, limit: number): Tag | undefined {
  const text = whole.slice(start, limit);
  const isEnd = text[1] === '/';
  const nameStart = isEnd ? 2 : 1;
  if (!/[a-z]/i.test(text[nameStart] ?? '')) return undefined;
  const name = match(NAME, text, nameStart);
  const attributes: Attribute[] = [];
  let at = nameStart + name.length;
  let lastValueEnd = at;
  for (;;) {
    at += match(ATTRIBUTE_GAP, text, at).length;
    if (at >= text.length || text[at] === '>' || match(NEXT_MARKUP, text, at) !== '') break;
    const attribute = match(ATTRIBUTE_NAME, text, at).toLowerCase();
    at += attribute.length;
    const equals = match(EQUALS, text, at);
    if (equals === '') {
      attributes.push({ name: attribute, value: undefined });
      continue;
    }
    at += equals.length;
    const end = valueEnd(text, at);
    attributes.push({ name: attribute, value: text.slice(at, end) });
    at = lastValueEnd = end;
  }
  const isClosed = text[at] === '>';
  return {
    isEnd,
    name: name.toLowerCase(),
    attributes,
    isSelfClosing: isClosed && text[at - 1] === '/',
    end: start + at + (isClosed ? 1 : 0),
    isClosed,
    lastValueEnd: start + lastValueEnd,
  };
}
