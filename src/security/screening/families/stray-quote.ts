import type { MessageContext } from '../context.js';
import type { Match, Predicate } from '../rule.js';

const WINDOW = 300;
const MAX_LOOKS = 50;
const AHEAD = 80;
/** What follows may have begun within the first pattern. */
const BEHIND = 6;

/** Whether the quote at `at` closes one that was opened before it in its sentence. Apostrophes do not count. */
function closesQuotation(text: string, sentence: number, at: number): boolean {
  const quote = text[at];
  let open = false;
  for (let place = Math.max(sentence, at - WINDOW); place < at; place += 1) {
    if (text[place] !== quote) continue;
    const inWord = /[a-z0-9]/.test(text[place - 1] ?? '') && /[a-z0-9]/.test(text[place + 1] ?? '');
    if (!inWord) open = !open;
  }
  return open;
}

/**
 * A test for a pattern that begins where a payload may begin and has a quote in it: it holds only if that
 * quote has no partner before it, since `'this' or 'that'` in prose is no way out of a literal. `then` must
 * follow soon on the same line; it is looked for separately, because one pattern for both backtracks.
 */
export function afterStrayQuote(pattern: RegExp, then?: RegExp): Predicate {
  const sticky = new RegExp(pattern.source, `${pattern.flags}y`);
  return (text: string, context: MessageContext): Match | undefined => {
    let looks = 0;
    for (const start of context.segments) {
      sticky.lastIndex = start;
      const found = sticky.exec(text);
      if (!found) continue;
      const end = start + found[0].length;
      const rest = text.slice(Math.max(start, end - BEHIND), end + AHEAD).split('\n', 1)[0] ?? '';
      if (then && !then.test(rest)) continue;
      const quote = start + found[0].search(/["'`]/);
      const stray = quote < start || !closesQuotation(text, context.sentenceStart(start), quote);
      looks += 1;
      if (looks === MAX_LOOKS) return undefined;
      if (stray) return { start, end: start + found[0].length };
    }
    return undefined;
  };
}
