import type { Predicate } from '../rule.js';

const MAX_LOOKS = 200;

/**
 * A test for two things on one line: `what`, with `opening` at most `window` characters before it. Written
 * as one pattern this is quadratic where the opening repeats; two searches are linear.
 */
export function withOpening(opening: RegExp, what: RegExp, window: number): Predicate {
  const search = new RegExp(what.source, 'g');
  return (text) => {
    if (!opening.test(text)) return undefined;
    let looks = 0;
    for (const found of text.matchAll(search)) {
      const line = Math.max(found.index - window, text.lastIndexOf('\n', found.index) + 1);
      const start = text.slice(line, found.index).search(opening);
      if (start >= 0) return { start: line + start, end: found.index + found[0].length };
      looks += 1;
      if (looks === MAX_LOOKS) return undefined;
    }
    return undefined;
  };
}
