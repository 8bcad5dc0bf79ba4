import { type Edit, type Ranges } from './edit.js';
import { unsafeSchemeEnd } from './unsafe-scheme.js';

/** What may come before a destination: an inline link or image, or a definition; then the next line's marks. */
const OPENER = /\][(:][\s>]*<?/g;
/** CommonMark 6.3: other white space, as a no-break space, is part of a destination. */
const BARE_END = /[ \p{Cc}]/u;
const GAP = /^[ \p{Cc}>]*/u;
/** A longer one is cut here; what is left of it is text. Without a bound, many of them would take quadratic time. */
const LONGEST_DESTINATION = 2_000;

interface Destination {
  readonly start: number;
  readonly end: number;
}

/** Where a destination without angle brackets ends: at white space, or at a `)` that nothing in it opened. */
function bareEnd(text: string, start: number): number {
  let depth = 0;
  const limit = Math.min(text.length, start + LONGEST_DESTINATION);
  let at = start;
  for (; at < limit; at += 1) {
    const character = text[at] ?? '';
    if (BARE_END.test(character)) break;
    if (character === '\\' && /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '')) at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')' && --depth < 0) break;
  }
  return Math.min(at, limit);
}

/**
 * Whether what follows a bare destination makes it no destination at all: a word that is neither a title nor
 * the end. So `handlers[k](data: string)` and `[note]: data: see below` are text.
 */
function isProse(text: string, end: number, isDefinition: boolean): boolean {
  const [gap = ''] = GAP.exec(text.slice(end, end + 200)) ?? [];
  if (gap === '' || (isDefinition && /[\n\r]/.test(gap))) return false;
  const next = text[end + gap.length];
  return next === undefined ? !isDefinition : !/["'()]/.test(next);
}

function readDestination(text: string, opener: string, start: number): Destination | undefined {
  const isAngled = opener.endsWith('<');
  const scheme = unsafeSchemeEnd(text, start, isAngled);
  if (scheme === undefined) return undefined;
  if (isAngled) {
    const [inside = ''] = /^[^<>\n\r]*/.exec(text.slice(scheme, scheme + LONGEST_DESTINATION)) ?? [];
    const end = scheme + inside.length;
    return { start: start - 1, end: text[end] === '>' ? end + 1 : scheme };
  }
  const end = Math.max(scheme, bareEnd(text, start));
  return isProse(text, end, opener.startsWith(']:')) ? undefined : { start, end };
}

/**
 * Edits that turn every unsafe destination of a link, an image or a definition into `#`. They are sought in the
 * text itself and not in a parse of it, since renderers disagree about what a link is.
 */
export function unsafeDestinations(text: string, code?: Ranges): Edit[] {
  const edits: Edit[] = [];
  for (const { 0: opener, index } of text.matchAll(OPENER)) {
    if (code?.has(index) === true) continue;
    const found = readDestination(text, opener, index + opener.length);
    if (found) edits.push({ ...found, replacement: '#' });
  }
  return edits;
}
