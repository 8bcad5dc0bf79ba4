import { type Ranges } from './edit.js';
import { type ElementNames } from './live-tag.js';

/** A name that HTML does not know, as DOMPurify is told it: it would take `<unknown>` for an element of SVG. */
export const UNKNOWN_PREFIX = 'zz';

const OPENING = /<(?:[a-z][a-z0-9+.-]{1,31}:[^\s<>]*>|(\/?)([a-z][^\t\n\f\r />]*)|)/gi;

/**
 * The text as HTML for DOMPurify. Entities stay what they are; code is masked, and so is each `<` that makes no
 * element in Markdown: of an autolink, of half a tag, or before anything but a name.
 *
 * @param halves where half a tag begins
 */
export function asHtml(
  text: string,
  code: Ranges,
  halves: ReadonlySet<number>,
  isElement: ElementNames,
): string {
  const mark = (whole: string, slash: string | undefined, name: string | undefined, at: number): string => {
    if (code.has(at)) return `_${whole.slice(1)}`;
    if (name === undefined || halves.has(at)) return `&lt;${whole.slice(1)}`;
    return isElement(name.toLowerCase()) ? whole : `<${slash ?? ''}${UNKNOWN_PREFIX}${name}`;
  };
  return text.replace(/&/g, '&amp;').replace(OPENING, mark);
}
