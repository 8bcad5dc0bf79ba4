import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { agreedCode } from './agreed-code.js';
import { type BlockParsers, BlockSanitiser, type Limits } from './block-sanitiser.js';
import { isTooDense, isTooNested, mayHoldCode } from './code-regions.js';
import { unsafeDestinations } from './destinations.js';
import { applyEdits, Ranges } from './edit.js';
import { removeForbiddenCharacters } from './forbidden-characters.js';
import { type HtmlParser, loadHtmlParser } from './html-parser.js';
import { withLastWord } from './last-word.js';
import { LiveHtml } from './live-html.js';
import { loadMarkdownParsers, type MarkdownParsers } from './markdown-parsers.js';
import { needsParsing } from './markup.js';
import { plainForm } from './plain-form.js';
import { SanitisedStream } from './sanitised-stream.js';

/** Longer text is parsed in parts, so that no text holds up the others; UTF-16 units. */
export const LONGEST_PARSED = 50_000;
/** What one round takes away may join what was apart. Honest text needs two rounds, the second to see no change. */
const MOST_ROUNDS = 8;
const MOST_ROUNDS_IN_PARTS = 4;
/** A stream's limits are the tighter ones, so that what it gives, which may be longer, stays within those of parts. */
const LIMITS_OF_STREAM: Limits = { held: 4_200, block: 6_000, probed: 60_000 };
const LIMITS_OF_PARTS: Limits = { held: 8_000, block: 10_000, probed: 200_000 };
const NO_CODE = new Ranges([]);

/**
 * Makes a message fit to be stored: Markdown without live HTML and without unsafe links. What is not live HTML
 * stays exactly as it is, and so does all code. Entities are never decoded, and sanitising twice changes nothing.
 */
@Injectable()
export class Sanitiser {
  private html?: Promise<HtmlParser>;
  private markdown?: Promise<MarkdownParsers>;
  private readonly parsers: BlockParsers = {
    sanitise: (text) => this.parse(removeForbiddenCharacters(text), true),
    html: () => this.loadHtml(),
    markdown: () => this.loadMarkdown(),
  };
  private readonly parts = new BlockSanitiser(this.parsers, LIMITS_OF_PARTS);
  private readonly blocks = new BlockSanitiser(
    this.parsers,
    LIMITS_OF_STREAM,
    async (text) => (await this.onceInParts(text)) === text,
  );

  async sanitise(text: string): Promise<string> {
    const allowed = removeForbiddenCharacters(text);
    return needsParsing(allowed) ? this.sanitiseByParsing(allowed) : allowed;
  }

  /**
   * Sanitises a text that arrives in pieces, as the reply of a model does, and lets each part go as soon as nothing
   * that may follow can change it. What it gives in all is clean: sanitising it changes nothing.
   */
  stream(): SanitisedStream {
    return new SanitisedStream(this.blocks, (text) => this.sanitise(text));
  }

  /** The way with all parsers, for any text. Where nothing needs parsing it gives what `sanitise` gives. */
  async sanitiseByParsing(text: string): Promise<string> {
    return text.length > LONGEST_PARSED ? this.inParts(text) : this.parse(text, false);
  }

  /** @param isPart whether the text is one of the parts of a longer one and must not be taken apart again */
  private async parse(text: string, isPart: boolean): Promise<string> {
    const html = await this.loadHtml();
    let current = text;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const code = await this.codeThatMatters(current, html, isPart);
      if (code === undefined) return isPart ? plainForm(current) : this.inParts(current);
      const live = new LiveHtml(current, code, html.isElement);
      const edits = [...live.edits, ...unsafeDestinations(current, code)];
      const next = removeForbiddenCharacters(applyEdits(current, edits));
      if (next === current) return withLastWord({ text: current, code, halves: live.halves }, html);
      current = next;
      await setImmediate();
    }
    return plainForm(current);
  }

  /** For text that is too long or too dense to be parsed as a whole: part by part, as a reply that arrives. */
  private async inParts(text: string): Promise<string> {
    let current = text;
    for (let round = 0; round < MOST_ROUNDS_IN_PARTS; round += 1) {
      const next = await this.onceInParts(current);
      if (next === current) return current;
      current = next;
    }
    return plainForm(current);
  }

  private async onceInParts(text: string): Promise<string> {
    const stream = new SanitisedStream(this.parts);
    return (await stream.push(text)) + (await stream.end());
  }

  /** Code is sought only where something would be changed if there were none; undefined if that takes too long. */
  private async codeThatMatters(
    text: string,
    html: HtmlParser,
    isPart: boolean,
  ): Promise<Ranges | undefined> {
    const wouldStay = () =>
      new LiveHtml(text, NO_CODE, html.isElement).edits.length === 0 && unsafeDestinations(text).length === 0;
    if (wouldStay()) return NO_CODE;
    if (isTooNested(text) && !isPart) return undefined;
    if (!mayHoldCode(text)) return NO_CODE;
    if (isTooDense(text)) return undefined;
    return agreedCode(text, await this.loadMarkdown());
  }

  private loadHtml(): Promise<HtmlParser> {
    return (this.html ??= loadHtmlParser());
  }

  private loadMarkdown(): Promise<MarkdownParsers> {
    return (this.markdown ??= loadMarkdownParsers());
  }
}
