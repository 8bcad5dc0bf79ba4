import { setImmediate } from 'node:timers/promises';
import { accountOfCode, type CodeAccount } from './agreed-code.js';
import { isTooDense, mayHoldCode } from './code-regions.js';
import { unsafeDestinations } from './destinations.js';
import { Ranges } from './edit.js';
import { type HtmlParser } from './html-parser.js';
import { readTag } from './html-tag.js';
import { type MarkdownParsers } from './markdown-parsers.js';
import { hasMarkup, needsParsing } from './markup.js';
import { outlineOf } from './outline.js';
import { closedPlainForm } from './suspect.js';

/** What bounds the time that a text takes; all count characters. */
export interface Limits {
  /** What is held back at most, but for the start of a line; more than the longest tag. */
  readonly held: number;
  /** Longer blocks get the plain form. */
  readonly block: number;
  /** What is parsed in all to find out whether something is open. */
  readonly probed: number;
}

const MOST_LABELS = 100;
const LABEL = /\[((?:\\[^\n\r]|[^[\]\\])+)\](?!\()/g;
/** Makes renderers with extensions show what they make of a text. */
const EXTENSION = '\n\n|\n\n';
/** A word that nobody writes, to see what a parser takes it for. */
const PROBE = 'zqwprobe';
export const OPEN_DESTINATION = /\][(:][\s>]*<?$/;
const LAST_LINES = /(?:^|\n|\r)[ \t]*(?:\r\n|\n|\r)$/;

/** What blocks are sanitised with. */
export interface BlockParsers {
  /** Sanitises a text that is not taken apart. */
  readonly sanitise: (text: string) => Promise<string>;
  readonly html: () => Promise<HtmlParser>;
  readonly markdown: () => Promise<MarkdownParsers>;
}

/** A block of a text: what has been shown of it and what has not. */
export interface Block {
  readonly shown: string;
  readonly held: string;
  /** Whether it ends with an empty line, or with any line, or with the text. */
  readonly end: 'blank' | 'line' | 'text';
  /** Whether no list can be open before it, whatever it begins with. */
  readonly isApart: boolean;
}

/** Whether what follows a text may be an unsafe destination, or make one of what is text. */
function hasOpenDestination(text: string): boolean {
  return (
    OPEN_DESTINATION.test(text) || unsafeDestinations(`${text}"`).length > unsafeDestinations(text).length
  );
}

function placesOf({ dangerous }: CodeAccount): string {
  return dangerous.flatMap(({ chunks }) => chunks.map(({ start, end }) => `${start}-${end}`)).join();
}

/** Sanitises one block after another, each so that nothing before or after it can change what becomes of it. */
export class BlockSanitiser {
  /** @param isStable whether a text stays as it is when it is sanitised block by block once more */
  constructor(
    private readonly parsers: BlockParsers,
    readonly limits: Limits,
    private readonly isStable?: (text: string) => Promise<boolean>,
  ) {}

  async isElement(): Promise<HtmlParser['isElement']> {
    return (await this.parsers.html()).isElement;
  }

  /** What is to be shown of what was held: the clean text if it is sure to stay clean, else the plain form. */
  async release(block: Block): Promise<string> {
    const { shown, held } = block;
    const whole = shown + held;
    if (block.end !== 'text' && hasOpenDestination(whole)) return closedPlainForm(held);
    if (!needsParsing(whole)) return held;
    if (whole.length > this.limits.block || isTooDense(whole)) return closedPlainForm(held);
    const clean = await this.parsers.sanitise(whole);
    if (!clean.startsWith(shown) || !(await this.isSettled(clean, block))) return closedPlainForm(held);
    // Where tags have gone, blocks may begin that were none before.
    const isStable = clean === whole || this.isStable === undefined || (await this.isStable(clean));
    return isStable ? clean.slice(shown.length) : closedPlainForm(held);
  }

  /** What sanitising makes of a block so far, for a look ahead. */
  async preview(text: string): Promise<string> {
    return text.length > this.limits.block || isTooDense(text)
      ? closedPlainForm(text)
      : this.parsers.sanitise(text);
  }

  /** Whether no renderer takes what follows a text, which must be an empty line and a word, for code. */
  async isOutside(text: string): Promise<boolean> {
    if (text.length > this.limits.block || isTooDense(text)) return false;
    const { regions, readersOf } = await this.parsers.markdown();
    const probed = `${text}${PROBE}${EXTENSION}`;
    const parserOfRecord = (whole: string): string[] => regions(whole).map(({ content }) => content);
    for (const reader of [parserOfRecord, ...readersOf(probed)]) {
      await setImmediate();
      if (reader(probed).some((content) => content.includes(PROBE))) return false;
    }
    return true;
  }

  private async isSettled(clean: string, block: Block): Promise<boolean> {
    if (/^[ \t>*+\-\d.)]*<\?/m.test(clean)) return false;
    if (!block.isApart && !/^(?:[ \t]*[\n\r])*(?:[^\s]|[ \t]*$)/.test(clean)) return false;
    if (block.end === 'blank' && clean !== '' && !LAST_LINES.test(clean)) return false;
    if (block.end === 'line' && !/(?:^|[\n\r])$/.test(clean)) return false;
    if (block.end !== 'text' && !outlineOf(clean).outline.isSure && !(await this.isOutside(clean)))
      return false;
    if (block.end !== 'text' && hasOpenDestination(clean)) return false;
    const code = await this.lastingCode(clean);
    return code !== undefined && (block.end !== 'line' || !this.hasOpenTag(clean, code));
  }

  /**
   * The code in a block, undefined if it may change: because one renderer does not agree, or because a label that is
   * yet to be defined would become a link.
   */
  private async lastingCode(clean: string): Promise<Ranges | undefined> {
    if (!mayHoldCode(clean)) return new Ranges([]);
    const labels = [...clean.matchAll(LABEL)]
      .map(([, label = '']) => label)
      .filter((label) => !hasMarkup(label));
    if (labels.length > MOST_LABELS) return undefined;
    const parsers = await this.parsers.markdown();
    const now = await accountOfCode(clean, parsers);
    const defined = `${clean}${EXTENSION}${labels.map((label) => `[${label}]: x\n`).join('')}`;
    const later = await accountOfCode(defined, parsers);
    const isSame = placesOf(now) === placesOf(later);
    return now.isDisputed || later.isDisputed || !isSame ? undefined : now.ranges;
  }

  /** Whether a tag or an instruction is open at the end, which would go on in the next line. */
  private hasOpenTag(clean: string, code: Ranges): boolean {
    const starts = [...clean.matchAll(/<[a-z/?]/gi)].map(({ index }) => index).filter((at) => !code.has(at));
    if (starts.some((at) => clean[at + 1] === '?')) return true;
    const last = starts.at(-1);
    return last !== undefined && readTag(clean, last, clean.length)?.isClosed === false;
  }
}
