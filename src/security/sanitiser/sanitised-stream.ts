import { setImmediate } from 'node:timers/promises';
import { BlockBorder } from './block-border.js';
import { type BlockSanitiser } from './block-sanitiser.js';
import { Fence } from './fence.js';
import { IncomingText } from './incoming-text.js';
import { hasMarkup, needsParsing } from './markup.js';
import { ReplyBlock, withoutEnd } from './reply-block.js';
import { ShownText } from './shown-text.js';
import { closedPlainForm } from './suspect.js';

const LINES_IN_A_TURN = 100;

/**
 * Sanitises a text that arrives in pieces. What `push` and `end` return has been shown to a reader and stays; joined,
 * it is text that `sanitise` does not change, and it does not depend on how the text was cut. Each call is to be
 * awaited before the next. Made by `Sanitiser.stream()`.
 *
 * The text is taken block by block. A block begins where Markdown is surely outside of everything: at the start,
 * after an empty line, at an item of a list, after fenced code. Fenced code that begins there is let through as it
 * is. In other blocks the first sign that may be harmful holds back the rest, which is sanitised at the block's end.
 */
export class SanitisedStream {
  private readonly incoming = new IncomingText();
  private readonly output = new ShownText();
  private block = new ReplyBlock(this.output, '', true);
  private readonly border: BlockBorder;
  private fence: Fence | undefined;
  /** Whether the current line of code is surely not the end of the code. */
  private isCodeLine = false;
  private isEnded = false;
  private lines = 0;

  /** @param sanitise makes sure at the end that all is clean */
  constructor(
    private readonly blocks: BlockSanitiser,
    private readonly sanitise?: (text: string) => Promise<string>,
  ) {
    this.border = new BlockBorder(blocks);
  }

  /** Takes the next piece and returns what may be shown by now, which may be nothing. */
  async push(piece: string): Promise<string> {
    this.block.add(this.incoming.allow(piece));
    await this.advance();
    return this.output.take();
  }

  /** Ends the text and returns the rest. */
  async end(): Promise<string> {
    this.isEnded = true;
    await this.advance();
    const { block } = this;
    block.lineStart = block.text.length;
    if (block.held !== '') {
      const { held } = block;
      const rest = await this.cleanHeld('text');
      const isClean = await this.isClean(this.output.whole + rest);
      block.replace(block.text.length, isClean ? rest : closedPlainForm(held));
    }
    return this.output.take();
  }

  private async isClean(whole: string): Promise<boolean> {
    return this.sanitise === undefined || !needsParsing(whole) || (await this.sanitise(whole)) === whole;
  }

  private async advance(): Promise<void> {
    while (this.fence ? this.takeCode(this.fence) : await this.takeLine()) {
      // Other requests get their turn, however much comes at once.
      if (++this.lines % LINES_IN_A_TURN === 0) await setImmediate();
    }
  }

  /** Fenced code: all but what may be its last line is let through. False if more must come first. */
  private takeCode(fence: Fence): boolean {
    const { block } = this;
    const end = block.lineEnd(this.isEnded);
    const line = withoutEnd(block.text.slice(block.lineStart, end));
    this.isCodeLine ||= !fence.mayBeClosedBy(line);
    if (end === undefined) {
      if (this.isCodeLine) block.showUpTo(block.text.length);
      return false;
    }
    const isClosed = !this.isCodeLine && fence.isClosedBy(line);
    // One renderer does not take a line with a tab for the end of code.
    if (isClosed)
      block.replace(
        end,
        line.replace(/[ \t]*\t[ \t]*$/, '') + block.text.slice(block.lineStart + line.length, end),
      );
    else block.showUpTo(end);
    block.lineStart = block.shown;
    this.isCodeLine = false;
    if (isClosed) this.fence = undefined;
    this.beginBlock(true);
    return true;
  }

  /** Reads a line outside fenced code. False if more must come first. */
  private async takeLine(): Promise<boolean> {
    const { block } = this;
    if (!block.isLineBegun) {
      const border = await this.border.before(block, this.isEnded);
      if (border === 'unknown') return false;
      if (border !== undefined) {
        await this.endBlock(border);
        return true;
      }
      block.isLineBegun = true;
    }
    const lineEnd = block.lineEnd(this.isEnded);
    const end = lineEnd ?? block.text.length;
    if (block.suspect?.verdict !== 'harmful') {
      const isMarkup = hasMarkup(block.text.slice(block.shown, end));
      block.showHarmless(end, lineEnd !== undefined, isMarkup ? await this.blocks.isElement() : () => false);
    }
    if (block.hasPassedBound(end, this.blocks.limits.held)) return true;
    if (lineEnd === undefined) return false;
    const fence = block.outline.mayOpenFence
      ? Fence.openedBy(withoutEnd(block.text.slice(block.lineStart, lineEnd)))
      : undefined;
    if (fence) await this.openFence(fence, lineEnd);
    else block.finishLine(lineEnd);
    return true;
  }

  private async openFence(fence: Fence, end: number): Promise<void> {
    const length = end - this.block.lineStart;
    if (await this.border.hasOpenElement(this.block)) {
      this.block.finishLine(end);
      return;
    }
    if (!(await this.endBlock('line', true))) return;
    this.block.showUpTo(length);
    this.block.lineStart = length;
    this.beginBlock(true);
    this.fence = fence;
  }

  private beginBlock(isApart: boolean): void {
    this.block = this.block.next(isApart);
    this.border.begin();
  }

  private async cleanHeld(end: 'blank' | 'line' | 'text'): Promise<string> {
    const { held, text, shown, isPlain, isApart } = this.block;
    if (isPlain) return closedPlainForm(held);
    return this.blocks.release({ shown: text.slice(0, shown), held, end, isApart });
  }

  /** Shows what is held of the block and begins the next one; false if something turns out to be open. */
  private async endBlock(end: 'blank' | 'line', isBeforeFence = false): Promise<boolean> {
    const { block } = this;
    const { held } = block;
    if (held !== '') {
      const clean = await this.cleanHeld(end);
      block.replace(block.lineStart, clean);
      if (clean !== held && !(await this.isOutside(block, isBeforeFence))) {
        block.isPlain = block.isLineBegun = true;
        return false;
      }
    }
    this.beginBlock(block.isApart && block.lineStart === 0);
    return true;
  }

  private async isOutside(
    { text, lineStart, outline }: ReplyBlock,
    isBeforeFence: boolean,
  ): Promise<boolean> {
    if (isBeforeFence) return outline.mayOpenFence;
    return (
      outline.isSure || (!outline.hasOpenTitle && (await this.blocks.isOutside(text.slice(0, lineStart))))
    );
  }
}
