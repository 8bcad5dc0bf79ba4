import { Ranges } from './edit.js';
import { readTag } from './html-tag.js';
import { editOfTag, type ElementNames } from './live-tag.js';
import { plainForm } from './plain-form.js';
import { unsafeSchemeEnd } from './unsafe-scheme.js';

/** The start of what may be markup or a destination; several `<` may become one when a tag between them goes. */
const SUSPECT = /<+(?=[a-z/!?]|$)|\](?=[(:]|$)/gi;
const OPENER = /\][(:][\s>]*<?/y;
const SCHEME = /(?:[a-z0-9+.:&#;%\\-]|(?![\n\r\t])\p{Cc}|\p{Cf}|(?![ \t\n\r])\s)*/iuy;
const SPACED_SCHEME = /(?:[a-z0-9+.:&#;%\\ \t-]|(?![\n\r])\p{Cc}|\p{Cf}|(?![\n\r])\s)*/iuy;
const EMPTY_LINE = /(?:\n|\r\n|\r(?!\n))[ \t]*[\n\r]/;
const LONGEST_TAG = 4_000;
const LONGEST_DESTINATION = 2_000;
/** Where one renderer sees no end of code and the others do. */
const TAB_AFTER_MARKS = /^( {0,3}(?:`{3,}|~{3,})) *\t[ \t]*$/gm;
const NO_CODE = new Ranges([]);

/** Whether something stays as it is in every surrounding; `open` if that depends on what follows. */
type Verdict = 'harmless' | 'harmful' | 'open';

/** Where a text may not be shown any further. */
export interface Suspect {
  readonly at: number;
  readonly verdict: Exclude<Verdict, 'harmless'>;
  readonly isDestination: boolean;
}

function matchedEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function ofDestination(text: string, at: number): Verdict {
  const start = matchedEnd(OPENER, text, at);
  const isAngled = text[start - 1] === '<';
  const end = start === at ? at + 1 : matchedEnd(isAngled ? SPACED_SCHEME : SCHEME, text, start);
  if (end - at > LONGEST_DESTINATION) return 'harmful';
  if (end >= text.length) return 'open';
  return unsafeSchemeEnd(text, start, isAngled) === undefined ? 'harmless' : 'harmful';
}

function ofMarkup(text: string, at: number, isElement: ElementNames): Verdict {
  const next = text[at + 1];
  if (next === undefined) return 'open';
  if (next === '?') return 'harmful';
  const third = text[at + 2];
  if (/[/!]/.test(next) && third === undefined) return 'open';
  if (next === '!') return /[a-z[-]/i.test(third ?? '') ? 'harmful' : 'harmless';
  const tag = readTag(text, at, Math.min(text.length, at + LONGEST_TAG));
  if (tag === undefined) return 'harmless';
  if (!tag.isClosed) return tag.end >= at + LONGEST_TAG || tag.end < text.length ? 'harmful' : 'open';
  const source = text.slice(at + 1, tag.end);
  if (source.includes('<') || EMPTY_LINE.test(source)) return 'harmful';
  const edit = editOfTag(text, at, tag, isElement(tag.name), NO_CODE);
  return edit === undefined ? 'harmless' : 'harmful';
}

/**
 * The first place from which on a text is to be held back.
 *
 * @param isCode whether a place is in code that no renderer doubts; `open` if that depends on what follows
 */
export function firstSuspect(
  text: string,
  from: number,
  isElement: ElementNames,
  isCode: (position: number) => 'code' | 'open' | undefined,
): Suspect | undefined {
  SUSPECT.lastIndex = from;
  for (let match = SUSPECT.exec(text); match !== null; match = SUSPECT.exec(text)) {
    const { index: at, 0: sign } = match;
    const next = SUSPECT.lastIndex;
    const isDestination = sign === ']';
    const own = isDestination ? ofDestination(text, at) : ofMarkup(text, at + sign.length - 1, isElement);
    const code = own === 'harmless' ? undefined : isCode(at);
    if (own !== 'harmless' && code !== 'code') return { at, verdict: code ?? own, isDestination };
    SUSPECT.lastIndex = next;
  }
  return undefined;
}

/** The plain form of a part of a text: nothing in it becomes a tag or an unsafe link by what follows. */
export function closedPlainForm(part: string): string {
  const plain = plainForm(part).replace(/\](?=[(:])/g, (bracket, at: number, whole: string) =>
    ofDestination(whole, at) === 'harmless' ? bracket : `${bracket} `,
  );
  return plain.replace(/[<\]]$/, '$& ').replace(TAB_AFTER_MARKS, '$1');
}
