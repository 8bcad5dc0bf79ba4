import { type BlockSanitiser, OPEN_DESTINATION } from './block-sanitiser.js';
import { readTag } from './html-tag.js';
import { LINE_START, type ReplyBlock } from './reply-block.js';

const ITEM = /^([-*+]|\d{1,9}[.)]) {1,4}(?:\*\*[^\s*]|[^\s*+-])/;
const ITEM_START = /^(?:(?:[-*+]|\d{1,9}[.)])(?: {1,4}\*{0,2})?|\d{1,9})?$/;
const OPENERS = /<(?:script|style|svg|math)(?![a-z0-9-])|<!--|<!\[CDATA\[/gi;
const CLOSERS = /<\/(?:script|style|svg|math)(?![a-z0-9-])|-->|--!>|<!--?-?>|\]\]>/gi;

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

/** Which list an item belongs to: the sign after its number, or its bullet. */
function listOf(line: string): string | undefined {
  return ITEM.exec(line)?.[1]?.slice(-1);
}

/** Whether a tag or an instruction may be open at the end of a text. */
function hasOpenTag(text: string): boolean {
  if (text.includes('<?')) return true;
  const last = [...text.matchAll(/<[a-z/]/gi)].at(-1);
  return last !== undefined && readTag(text, last.index, text.length)?.isClosed === false;
}

/** Where a block ends: before a line that is surely outside of everything that came before. */
export class BlockBorder {
  private probed = 0;
  /** What was counted in what is held, from where and up to where. */
  private counted = { from: 0, to: 0, openers: 0, closers: 0 };
  private openersSeen = 0;

  constructor(private readonly blocks: BlockSanitiser) {}

  /** To be called when a block begins. */
  begin(): void {
    this.counted = { from: 0, to: 0, openers: 0, closers: 0 };
    this.openersSeen = 0;
  }

  /**
   * How the block ends before its current line, undefined if it goes on.
   *
   * @returns `unknown` if the line must be read further to say so
   */
  async before(block: ReplyBlock, isLast: boolean): Promise<'blank' | 'line' | 'unknown' | undefined> {
    const { text, lineStart, outline } = block;
    const start = text.slice(lineStart, lineStart + LINE_START);
    if (start === '') return 'unknown';
    if (lineStart === 0 || outline.hasOpenTitle || OPEN_DESTINATION.test(block.held)) return undefined;
    if (outline.isAfterBlank) {
      return /^\S/.test(start) && (await this.isOutside(block)) ? 'blank' : undefined;
    }
    const list = outline.isSure ? listOf(text) : undefined;
    if (list === undefined) return undefined;
    if (!isLast && start.length < LINE_START && ITEM_START.test(start)) return 'unknown';
    const isNext = listOf(start) === list && !hasOpenTag(block.held) && !(await this.hasOpenElement(block));
    return isNext ? 'line' : undefined;
  }

  /** Whether nothing is open before the current line, which begins after an empty one. */
  private async isOutside(block: ReplyBlock): Promise<boolean> {
    if (!block.outline.isSure) {
      this.probed += block.lineStart;
      if (this.probed > this.blocks.limits.probed) return false;
      if (!(await this.blocks.isOutside(block.text.slice(0, block.lineStart)))) return false;
    }
    return !(await this.hasOpenElement(block));
  }

  /** Whether a script or the like is open, which may go on over empty lines; in code it is not. */
  async hasOpenElement(block: ReplyBlock): Promise<boolean> {
    if (block.isPlain) return false;
    const { openers, closers } = this.count(block);
    if (openers === 0 || closers >= openers) return false;
    if (openers < 2 * this.openersSeen) return true;
    this.openersSeen = openers;
    const whole = block.text.slice(0, block.lineStart);
    return count(await this.blocks.preview(whole), OPENERS) < count(whole, OPENERS);
  }

  private count({ text, shown, lineStart }: ReplyBlock): { openers: number; closers: number } {
    if (this.counted.from !== shown) this.counted = { from: shown, to: shown, openers: 0, closers: 0 };
    const added = text.slice(this.counted.to, lineStart);
    this.counted.to = Math.max(lineStart, shown);
    this.counted.openers += count(added, OPENERS);
    this.counted.closers += count(added, CLOSERS);
    return this.counted;
  }
}
