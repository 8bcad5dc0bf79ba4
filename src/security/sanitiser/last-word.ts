import { setImmediate } from 'node:timers/promises';
import { type Ranges } from './edit.js';
import { type ElementNames } from './live-tag.js';

/** A name that HTML does not know, as DOMPurify is told it: it would take `<unknown>` for an element of SVG. */
export const UNKNOWN_PREFIX = 'zz';
/** Nested elements cost quadratic time, so that many are cut into pieces. */
const MOST_ELEMENTS = 100;

const OPENING = /<(?:[a-z][a-z0-9+.-]{1,31}:[^\s<>]*>|(\/?)([a-z][^\t\n\f\r />]*)|)/gi;

/** A text after the last round, with what was found in it. */
export interface Result {
  readonly text: string;
  readonly code: Ranges;
  /** Where half a tag begins that stays. */
  readonly halves: ReadonlySet<number>;
}

/**
 * The text as HTML for DOMPurify, in pieces that each begin with a tag. Entities stay what they are; code is
 * masked, and so is each `<` that makes no element in Markdown: of an autolink, of half a tag, or before anything
 * but a name.
 */
function asHtml({ text, code, halves }: Result, isElement: ElementNames): string[] {
  const pieces: string[] = [];
  let piece = '';
  let elements = 0;
  let done = 0;
  for (const { 0: whole, 1: slash = '', 2: name, index } of text.matchAll(OPENING)) {
    piece += text.slice(done, index).replaceAll('&', '&amp;');
    done = index + whole.length;
    const rest = whole.slice(1).replaceAll('&', '&amp;');
    if (code.has(index)) piece += `_${rest}`;
    else if (name === undefined || halves.has(index)) piece += `&lt;${rest}`;
    else {
      if (++elements % MOST_ELEMENTS === 0) {
        pieces.push(piece);
        piece = '';
      }
      piece += isElement(name.toLowerCase())
        ? `<${rest}`
        : `<${slash}${UNKNOWN_PREFIX}${rest.slice(slash.length)}`;
    }
  }
  pieces.push(piece + text.slice(done).replaceAll('&', '&amp;'));
  return pieces;
}

/** Whether DOMPurify, asked last, finds nothing to remove in a sanitised text. */
export async function isFoundClean(
  result: Result,
  isElement: ElementNames,
  isClean: (html: string) => boolean,
): Promise<boolean> {
  for (const piece of asHtml(result, isElement)) {
    if (piece.includes('<') && !isClean(piece)) return false;
    await setImmediate();
  }
  return true;
}
