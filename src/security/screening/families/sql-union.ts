import type { MessageContext } from '../context.js';
import type { Match } from '../rule.js';

const UNION =
  /(?:["'`)]|[\w%]|^)[ )]{0,8}[ (+]{0,2}\bunion\b[ (+]{0,3}(?:all|distinct)?[ (+]{0,4}select\b[^\n]{0,200}?(?:--|#|\/\*|,|\bfrom\b|$)/g;
const VALUE_BEFORE = /(?:^|[\s=])(?:["'`]|[\w@.<>%*-]{0,40}["'`]|-?\d{1,9})[ )]{0,8}$|^\W{0,8}$/;
const STATEMENT = /\b(?:select|with)\b/;
const WINDOW = 300;
const MAX_LOOKS = 8;

/** UNION SELECT behind a value or a way out of a literal; behind a statement of its own it is a query. */
export function unionAfterValue(text: string, context: MessageContext): Match | undefined {
  let looks = 0;
  for (const found of text.matchAll(UNION)) {
    const at = found.index + found[0].indexOf('union');
    const before = text.slice(Math.max(context.sentenceStart(at), at - WINDOW), at);
    if (VALUE_BEFORE.test(before) && !STATEMENT.test(before))
      return { start: at, end: found.index + found[0].length };
    looks += 1;
    if (looks === MAX_LOOKS) return undefined;
  }
  return undefined;
}
