import { Injectable } from '@nestjs/common';
import { setImmediate } from 'node:timers/promises';
import { agreedCode } from './agreed-code.js';
import { isTooDense, mayHoldCode } from './code-regions.js';
import { unsafeDestinations } from './destinations.js';
import { applyEdits, Ranges } from './edit.js';
import { removeForbiddenCharacters } from './forbidden-characters.js';
import { type HtmlParser, loadHtmlParser } from './html-parser.js';
import { withLastWord } from './last-word.js';
import { LiveHtml } from './live-html.js';
import { loadMarkdownParsers, type MarkdownParsers } from './markdown-parsers.js';
import { needsParsing } from './markup.js';
import { plainForm } from './plain-form.js';

/** Longer text is not parsed, so that no text holds up the others; UTF-16 units. */
export const LONGEST_PARSED = 50_000;
/** What one round takes away may join what was apart. Honest text needs two rounds, the second to see no change. */
const MOST_ROUNDS = 8;
const NO_CODE = new Ranges([]);

/**
 * Makes a message fit to be stored: Markdown without live HTML and without unsafe links. What is not live HTML
 * stays exactly as it is, and so does all code. Entities are never decoded, and sanitising twice changes nothing.
 */
@Injectable()
export class Sanitiser {
  private html?: Promise<HtmlParser>;
  private markdown?: Promise<MarkdownParsers>;

  async sanitise(text: string): Promise<string> {
    const allowed = removeForbiddenCharacters(text);
    return needsParsing(allowed) ? this.sanitiseByParsing(allowed) : allowed;
  }

  /** The way with all parsers, for any text. Where nothing needs parsing it gives what `sanitise` gives. */
  async sanitiseByParsing(text: string): Promise<string> {
    if (text.length > LONGEST_PARSED) return plainForm(text);
    const html = await (this.html ??= loadHtmlParser());
    let current = text;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const code = await this.codeThatMatters(current, html);
      if (code === undefined) break;
      const live = new LiveHtml(current, code, html.isElement);
      const edits = [...live.edits, ...unsafeDestinations(current, code)];
      const next = removeForbiddenCharacters(applyEdits(current, edits));
      if (next === current) return withLastWord({ text: current, code, halves: live.halves }, html);
      current = next;
      await setImmediate();
    }
    return plainForm(current);
  }

  /** Code is sought only where something would be changed if there were none; undefined if that takes too long. */
  private async codeThatMatters(text: string, html: HtmlParser): Promise<Ranges | undefined> {
    const wouldStay = () =>
      new LiveHtml(text, NO_CODE, html.isElement).edits.length === 0 && unsafeDestinations(text).length === 0;
    if (!mayHoldCode(text) || wouldStay()) return NO_CODE;
    if (isTooDense(text)) return undefined;
    return agreedCode(text, await (this.markdown ??= loadMarkdownParsers()));
  }
}
