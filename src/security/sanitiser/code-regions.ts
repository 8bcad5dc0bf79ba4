import { type Range } from './edit.js';

/** One code span, fence or indented block: what it holds, line by line and without the marks around it. */
export interface CodeRegion {
  readonly chunks: readonly Range[];
  readonly content: string;
}

/** One step of micromark's account of a text. */
export type MarkdownEvent = readonly [
  'enter' | 'exit',
  {
    readonly type: string;
    readonly start: { readonly offset: number };
    readonly end: { readonly offset: number };
  },
  unknown,
];

const REGIONS = new Set(['codeText', 'codeFenced', 'codeIndented']);
const CHUNKS = new Set(['codeTextData', 'codeFlowValue']);
const POSSIBLE_CODE = /`|~~~|^(?:[ \t>]|[-+*]|\d{1,9}[.)])*(?: {4}|\t)/m;
/** No one writes this; parsers recurse once for each level, and some overflow the stack. */
const TOO_NESTED = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){25}/m;

const MARK = /[\n`*_[<&]|[-+>](?=[ \t])/g;
/**
 * micromark's time grows with the square of the marks in a text: this many cost it about 0.1 s at the worst.
 * A reply of 20,000 characters with lists, spans and fences has some 3,000.
 */
const MOST_MARKS = 4_000;

/** Whether finding code would hold up other requests for too long. */
export function isTooDense(text: string): boolean {
  return text.length > MOST_MARKS && [...text.matchAll(MARK)].length > MOST_MARKS;
}

/** Whether lists and quotes are nested so deeply that it is an attempt on the parser. */
export function isTooNested(text: string): boolean {
  return TOO_NESTED.test(text);
}

/** Whether a Markdown parser is needed to find code: it has marks of code, and is no attempt on the parser. */
export function mayHoldCode(text: string): boolean {
  return POSSIBLE_CODE.test(text) && !isTooNested(text);
}

/** The code regions of a text, from the events of a CommonMark parser. */
export function codeRegions(text: string, events: readonly MarkdownEvent[]): CodeRegion[] {
  const regions: CodeRegion[] = [];
  let chunks: Range[] = [];
  for (const [step, token] of events) {
    if (step !== 'exit') continue;
    if (CHUNKS.has(token.type)) chunks.push({ start: token.start.offset, end: token.end.offset });
    if (!REGIONS.has(token.type)) continue;
    const content = chunks.map((chunk) => text.slice(chunk.start, chunk.end)).join('\n');
    if (chunks.length > 0) regions.push({ chunks, content });
    chunks = [];
  }
  return regions;
}
