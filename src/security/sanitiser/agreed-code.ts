import { setImmediate } from 'node:timers/promises';
import { unsafeDestinations } from './destinations.js';
import { type CodeRegion } from './code-regions.js';
import { type Range, Ranges } from './edit.js';
import { hasMarkup } from './markup.js';
import { type CodeReader, type MarkdownParsers } from './markdown-parsers.js';

/** The start of a link whose destination would be in what follows the code. */
const OPEN_LINK = /\][(:][\s>]*<?$/;

/** Whether a renderer that takes the region for text would do harm. */
function isDangerous({ content }: CodeRegion): boolean {
  return hasMarkup(content) || OPEN_LINK.test(content) || unsafeDestinations(content).length > 0;
}

/** Renderers differ in white space and in how a table's escaped bar is shown, which does not matter here. */
function comparable(content: string): string {
  return content.replace(/\s|\\(?=\|)/g, '');
}

/** Those of the regions that a renderer takes for code too, each as often as it finds it. */
function agreed(regions: readonly CodeRegion[], contents: readonly string[]): CodeRegion[] {
  const counts = new Map<string, number>();
  for (const content of contents.map(comparable)) counts.set(content, (counts.get(content) ?? 0) + 1);
  const wanted = new Map<string, number>();
  for (const content of regions.map((region) => comparable(region.content))) {
    wanted.set(content, (wanted.get(content) ?? 0) + 1);
  }
  return regions.filter(({ content }) => {
    const key = comparable(content);
    return (counts.get(key) ?? 0) >= (wanted.get(key) ?? 0);
  });
}

/** What a reader finds; nothing when it gives up, as some do on text nested too deeply for their stack. */
function read(reader: CodeReader, text: string): string[] {
  try {
    return reader(text);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** The code of a text, and what of it would do harm as text. */
export interface CodeAccount {
  readonly ranges: Ranges;
  readonly dangerous: readonly CodeRegion[];
  /** Whether a renderer takes for text what would do harm as text. */
  readonly isDisputed: boolean;
}

/**
 * Where code is, in a text that a renderer will show. A region whose content would be harmless as text is taken
 * on the word of the parser of record; of the others only those count that all renderers take for code.
 */
export async function accountOfCode(
  text: string,
  { regions, readersOf }: MarkdownParsers,
): Promise<CodeAccount> {
  const all = regions(text);
  const harmless = all.filter((region) => !isDangerous(region));
  const suspected = all.length - harmless.length;
  let dangerous = all.filter(isDangerous);
  for (const reader of readersOf(text)) {
    if (dangerous.length === 0) break;
    // Other requests get their turn between two parsers: one alone may take 20 ms.
    await setImmediate();
    dangerous = agreed(dangerous, read(reader, text));
  }
  const chunks: Range[] = [...harmless, ...dangerous].flatMap((region) => region.chunks);
  const ranges = new Ranges(chunks.sort((a, b) => a.start - b.start));
  return { ranges, dangerous, isDisputed: dangerous.length < suspected };
}

/** The ranges of all code of a text. */
export async function agreedCode(text: string, parsers: MarkdownParsers): Promise<Ranges> {
  return (await accountOfCode(text, parsers)).ranges;
}
