import { type Edit, type Ranges } from './edit.js';
import { type Attribute, type Tag } from './html-tag.js';
import { unsafeSchemeEnd } from './unsafe-scheme.js';

/** Tells whether HTML has an element of a name (in lower case). */
export type ElementNames = (name: string) => boolean;

/** Attributes that do something without a value, on any element. */
const BARE_EFFECTS = new Set(['autofocus', 'contenteditable', 'hidden', 'inert', 'popover']);
/** English words that begin as event handlers do. */
const ORDINARY_WORDS = /^on(?:ce|es?|going|line|ly|set|to|wards?)?$/;
/** An attribute's name as CommonMark (6.6) knows it; with any other one, no renderer takes the tag for HTML. */
const ATTRIBUTE_NAME = /^[a-z_:][\w.:-]*$/i;
/** CommonMark 6.5: only ASCII white space ends it, so a line separator may stand in an address. */
const AUTOLINK = /^<[a-z][a-z0-9+.-]{1,31}:[^\p{Cc} <>]*>$/iu;
const LONGEST_AUTOLINK = 2_000;

/** The autolink that a tag is too, as `<https://example.org/?q=1>`. */
function autolinkOf(text: string, start: number, tag: Tag): string | undefined {
  if (tag.isEnd || !tag.isClosed || tag.end - start > LONGEST_AUTOLINK) return undefined;
  const source = text.slice(start, tag.end);
  return AUTOLINK.test(source) ? source : undefined;
}

/** Whether an attribute does something on an element that HTML does not know. */
function hasEffect({ name, value }: Attribute): boolean {
  if (name.startsWith('on') && (value !== undefined || !ORDINARY_WORDS.test(name))) return true;
  if (value === undefined) return BARE_EFFECTS.has(name);
  return name === 'style' || unsafeSchemeEnd(value.replace(/^["']/, ''), 0, true) !== undefined;
}

/** Makes a `<` start no tag, with a space: for what a tokenizer reads as a tag but was hardly meant as one. */
export function defuse(start: number): Edit {
  return { start: start + 1, end: start + 1, replacement: ' ' };
}

/** Half a tag: prose such as `if a<b then x=3` keeps its words, what looks like an attack goes. */
function editOfHalf(start: number, tag: Tag, isLive: boolean): Edit | undefined {
  const isHarmful = tag.attributes.some(hasEffect);
  const isQuoted = tag.attributes.some(({ value }) => /^["']/.test(value ?? ''));
  if (isHarmful || (isLive && isQuoted)) return { start, end: tag.lastValueEnd, replacement: '' };
  return isLive || isQuoted ? defuse(start) : undefined;
}

/**
 * What becomes of a tag: undefined when it stays. Real elements go, and tags with attributes. A name that HTML
 * does not know, alone or with bare words, is text: `<int>`, `<package>`, `<public address X>`.
 *
 * @param isLive whether its name is one of HTML, or it stands inside SVG or MathML
 */
export function editOfTag(
  text: string,
  start: number,
  tag: Tag,
  isLive: boolean,
  code: Ranges,
): Edit | undefined {
  const autolink = autolinkOf(text, start, tag);
  if (autolink !== undefined) {
    if (unsafeSchemeEnd(autolink, 1, false) !== undefined) return { start, end: tag.end, replacement: '#' };
    return tag.attributes.some(hasEffect) ? defuse(start) : undefined;
  }
  const hasValue = tag.attributes.some((attribute) => attribute.value !== undefined);
  const hasAttributes = hasValue || tag.attributes.some(hasEffect);
  if (!isLive && !hasAttributes) return undefined;
  if (code.touches(start, tag.end)) return defuse(start);
  if (!tag.isClosed) return editOfHalf(start, tag, isLive);
  const isMisread =
    !hasAttributes &&
    (/[#.]/.test(tag.name) || tag.attributes.some(({ name }) => !ATTRIBUTE_NAME.test(name)));
  return isMisread ? defuse(start) : { start, end: tag.end, replacement: '' };
}
