import { type Edit, type Ranges } from './edit.js';
import { type Tag, readTag } from './html-tag.js';
import { defuse, editOfTag, type ElementNames } from './live-tag.js';

/** The longest tag that is read. It bounds the time; a longer one loses its `<` whatever its name. */
const LONGEST_TAG = 4_000;
const MARKUP = /<[a-z/!?]/gi;
const EMPTY_LINE = /(?:\n|\r\n|\r(?!\n))[ \t]*(?=[\n\r])/g;
/** Elements whose content is code and not text. */
const WITH_CONTENT = new Set(['script', 'style']);
const FOREIGN = new Set(['svg', 'math']);

/** The live HTML in one text, and the edits that take it out; code is left alone. All positions move forward, so that the whole takes linear time. */
export class LiveHtml {
  private readonly lower: string;
  /** Where half a tag begins that stays, as in `x<y`. */
  readonly halves = new Set<number>();
  readonly edits: Edit[] = [];
  private readonly removedNames = new Set<string>();
  private readonly found = new Map<string, number>();
  private readonly emptyLines: readonly number[];
  private emptyLineIndex = 0;
  private foreignEnd = 0;

  constructor(
    private readonly text: string,
    private readonly code: Ranges,
    private readonly isElement: ElementNames,
  ) {
    this.lower = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    this.emptyLines = [...text.matchAll(EMPTY_LINE)].map((match) => match.index);
    this.findEdits();
  }

  private findEdits(): void {
    let done = 0;
    for (const { index } of this.text.matchAll(MARKUP)) {
      if (index < done || this.code.has(index)) continue;
      const edit = this.editAt(index);
      if (edit === undefined) continue;
      this.edits.push(edit);
      done = edit.end;
    }
  }

  private editAt(start: number): Edit | undefined {
    const next = this.text[start + 1] ?? '';
    if (next === '!') return this.editOfDeclaration(start);
    if (next === '?')
      return this.editUpTo(start, '?>', this.paragraphEnd(start)) ?? this.editUpToBracket(start);
    const limit = Math.min(this.paragraphEnd(start), start + LONGEST_TAG);
    const tag = readTag(this.text, start, limit);
    if (tag === undefined) return undefined;
    const isForeign = start < this.foreignEnd;
    const isPartner = tag.isEnd && this.removedNames.has(tag.name);
    const isLive = isForeign || isPartner || this.isElement(tag.name);
    const isCut = !tag.isClosed && tag.end >= start + LONGEST_TAG;
    const edit = editOfTag(this.text, start, tag, isLive, this.code) ?? (isCut ? defuse(start) : undefined);
    if (edit === undefined && !tag.isClosed) this.halves.add(start);
    return edit?.replacement === '' && !tag.isEnd ? this.withContent(edit, tag) : edit;
  }

  /** A removed start tag: a script or style takes its content along, SVG makes what follows SVG. */
  private withContent(edit: Edit, tag: Tag): Edit {
    if (!tag.isClosed) return edit;
    this.removedNames.add(tag.name);
    if (FOREIGN.has(tag.name) && !tag.isSelfClosing) {
      const end = this.find(`</${tag.name}`, edit.end) ?? this.paragraphEnd(edit.start);
      this.foreignEnd = Math.max(this.foreignEnd, end);
    }
    if (!WITH_CONTENT.has(tag.name)) return edit;
    const closing = this.find(`</${tag.name}`, edit.end);
    if (closing === undefined) return edit;
    const endTag = readTag(this.text, closing, Math.min(this.paragraphEnd(closing), closing + LONGEST_TAG));
    return { ...edit, end: endTag?.isClosed === true ? endTag.end : (endTag?.lastValueEnd ?? closing) };
  }

  private editOfDeclaration(start: number): Edit | undefined {
    if (this.text.startsWith('--', start + 2)) {
      const short = /^-?>/.exec(this.text.slice(start + 4, start + 6));
      if (short) return { start, end: start + 4 + short[0].length, replacement: '' };
      return this.editUpTo(start, '-->') ?? this.editUpTo(start, '--!>') ?? defuse(start);
    }
    if (this.text.startsWith('[CDATA[', start + 2)) return this.editUpTo(start, ']]>') ?? defuse(start);
    if (!/[a-z[]/i.test(this.text[start + 2] ?? '')) return undefined;
    return this.editUpToBracket(start) ?? defuse(start);
  }

  private editUpToBracket(start: number): Edit | undefined {
    return this.editUpTo(start, '>', this.paragraphEnd(start));
  }

  private editUpTo(start: number, end: string, limit = this.text.length): Edit | undefined {
    const found = this.find(end, start + 2);
    if (found === undefined || found >= limit) return undefined;
    return { start, end: found + end.length, replacement: '' };
  }

  /** The next place of a string outside code. What was found is kept, since searches only move forward. */
  private find(wanted: string, from: number): number | undefined {
    let at = this.found.get(wanted) ?? 0;
    if (at === -1) return undefined;
    if (at < from) at = this.lower.indexOf(wanted, from);
    while (at !== -1 && this.code.has(at)) at = this.lower.indexOf(wanted, at + 1);
    this.found.set(wanted, at);
    return at === -1 ? undefined : at;
  }

  private paragraphEnd(position: number): number {
    while ((this.emptyLines[this.emptyLineIndex] ?? Infinity) < position) this.emptyLineIndex += 1;
    return this.emptyLines[this.emptyLineIndex] ?? this.text.length;
  }
}
