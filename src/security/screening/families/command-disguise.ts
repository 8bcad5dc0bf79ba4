import type { MessageContext } from '../context.js';
import type { Views } from '../normalise.js';
import type { Match } from '../rule.js';

/** Words that are worth disguising. */
const GAINED =
  /\/etc\/(?:passwd|shadow|group|hosts|issue)|\/(?:usr\/)?bin\/[a-z]{2,8}\b|\b(?:whoami|ifconfig|ipconfig|nslookup|netstat|passwd|curl|wget|uname|ping|sleep|python|perl|bash|echo|printf)\b|(?:^|[;|&\n`(] ?)(?:id|ls|cat|nc|sh|dir|type|tail|head|more|less|tac|nl|rev)\b(?= ?[-/;|&\n`)]|$)|(?: )(?:cat|ls|tail|head|more|less|tac|nl)\b(?= [-/]\w)/g;
const MAX_WORDS = 24;

/** A command or system path in the shell's reading of a message that its text does not show. */
export function disguisedWord(shell: string, _context: MessageContext, views: Views): Match | undefined {
  if (shell === views.text) return undefined;
  let seen = 0;
  for (const found of shell.matchAll(GAINED)) {
    const word = found[0].replace(/^[^a-z/]+/, '');
    if (!views.text.includes(word)) return { start: found.index, end: found.index + found[0].length };
    seen += 1;
    if (seen === MAX_WORDS) return undefined;
  }
  return undefined;
}
