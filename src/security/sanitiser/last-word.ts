import { setImmediate } from 'node:timers/promises';
import { type Ranges } from './edit.js';
import { type HtmlParser, UNKNOWN_PREFIX } from './html-parser.js';
import { type ElementNames } from './live-tag.js';
import { plainForm } from './plain-form.js';

/** Nested elements cost quadratic time, so that many are cut into pieces. */
const MOST_ELEMENTS = 100;

/** A `<`, with the slash of an end tag; looking ahead, the name of a tag, unless it is an autolink. */
const OPENING = /<(\/?)(?=(?![a-z][a-z0-9+.-]{1,31}:[^\p{Cc} <>]*>)([a-z][^\t\n\f\r />]*)|)/giu;

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
    if (code.has(index)) piece += '_';
    else if (name === undefined || halves.has(index)) piece += `&lt;${slash}`;
    else {
      if (++elements % MOST_ELEMENTS === 0) {
        pieces.push(piece);
        piece = '';
      }
      piece += `${whole}${isElement(name.toLowerCase()) ? '' : UNKNOWN_PREFIX}`;
    }
  }
  pieces.push(piece + text.slice(done).replaceAll('&', '&amp;'));
  return pieces;
}

/** The text as it is if DOMPurify, asked last, finds nothing to remove in it; else its plain form. */
export async function withLastWord(result: Result, { isElement, isClean }: HtmlParser): Promise<string> {
  for (const piece of asHtml(result, isElement)) {
    if (piece.includes('<') && !isClean(piece)) return plainForm(result.text);
    await setImmediate();
  }
  return result.text;
}
