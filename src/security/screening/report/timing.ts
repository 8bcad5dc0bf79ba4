import { findHits } from '../scoring.js';
import type { Sample } from './corpora.js';

/** Longest message the service accepts by default; the time bar is for this length. */
export const MESSAGE_LENGTH = 4000;
/** Bar for any message of that length, milliseconds of processor time. */
export const WORST_BAR_MS = 5;

/**
 * Patterns that are expensive for careless expressions, each repeated to the full length. The last ones were
 * found by a search that joins and mutates pieces of attacks and keeps what takes longest.
 */
const UNITS = [
  'a', ' ', '\n', '`', '<', '>', "'", '"', '(', ')', '[', ']', '{', '{{', '${', '.', '../', '/', '\\', '%', '%25', '&',
  '&#', '&lt;', ';', '; ', '|', '=', '-', '--', '#', '*', '*)(', '/*', '<!--', '<script', '<a b=', '..', '....//',
  "' or ", '1 or ', 'or(', 'union select ', 'char(1),', 'select ', '; a ', '$(', '`a` ', '"a" ', '? ', '! ', 'what is ',
  'ignore all ', 'tell me the ', 'show me your ', 'do not ', 'no ', 'any ', 'you are ', 'illegal, ', 'encoded: ',
  'AAAAAAAA', '41 ', 'i g n o r e ', 'v b s c ', 'if (a) {\n', 'a;\n', 'system: ', '\u200b', 'a\u200b', '\u0430a', '\u6f22',
  '\u{1f600}', '\u{1d5ee}', '\ud800', '[](', '![a](', '[$ne]', '{"$', '%c0%af', '\\u0061', '\\x3c', '&newline;',
  '{i', '\u0417\u0430\u0431\u0443\u0434\u044c', 'antp', 'Vtaber nyy ', ' erongi', ' cebzcg$)||\'({debug$=%`;', ' cebzcg tpmorp$)||\'({d:\'ebug$=%`;\u1ea3/',
  'IyEgJyBvciAxPTEgLS0gPHN2Zz4ge3s=cebzcg ',
]; // prettier-ignore

const REPEATS = 5;

/** Processor time of one call, the best of a few: other load on the machine does not count. */
function cost(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < REPEATS; round += 1) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

export interface Worst {
  readonly unit: string;
  readonly milliseconds: number;
}

/** The most expensive of the repeated units at a length, dearest first. */
export function worstCases(length = MESSAGE_LENGTH): Worst[] {
  const inputs = UNITS.map((unit) => ({
    unit,
    text: unit.repeat(Math.ceil(length / unit.length)).slice(0, length),
  }));
  for (const { text } of inputs) findHits(text);
  return inputs
    .map(({ unit, text }) => ({ unit, milliseconds: cost(() => void findHits(text)) }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Milliseconds of processor time for each kilobyte of real messages. */
export function timePerKilobyte(samples: readonly Sample[]): number {
  const kilobytes = samples.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1024;
  const total = cost(() => {
    for (const { text } of samples) findHits(text);
  });
  return kilobytes === 0 ? 0 : total / kilobytes;
}
