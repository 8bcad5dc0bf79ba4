import type { MessageContext } from '../context.js';
import type { Match } from '../rule.js';
import { ARGUMENTS } from './command-arguments.js';
import { after, candidates, hasFormOfValue, isNothing, isShellLine, sentenceBefore } from './command-line.js';
import { commandKind } from './command-names.js';

/** A command inside `$( )`, backticks or `<( )`. */
const SUBSTITUTED =
  /(`|[$<>]\()[ "'(`]{0,3}(?:[\w.~?*[\]-]{0,20}\/){0,6}([a-z][\w.-]{1,20})(?=[`) <>\n/;|&$"'+-]|$)/g;
/** Programs whose output nobody needs in a script: they only prove that something ran. */
const PROOFS =
  /^(?:id|whoami|uname|sleep|curl|wget|nslookup|ping|ifconfig|nc|touch|type|dir|cat|ls|hostname)$/;
const MARK_WINDOW = 48;

/**
 * Backticks also mark code in prose. A command with arguments counts, and a lone command only as the one
 * such mark of the message and its beginning or end: `id` is a column in most conversations.
 */
function isQuotedCommand(text: string, at: number, end: number): boolean {
  const close = text.indexOf('`', end);
  const marks = text.split('`', 5).length - 1;
  if (close < 0 || close > end + MARK_WINDOW) return true;
  if (/^ ?[-/\\~$%.*<>'"\d]|^ \w/.test(text.slice(end, close))) return true;
  return marks === 2 && (isNothing(text.slice(0, at)) || isNothing(text.slice(close + 1)));
}

/** A command substitution where no command line stands around it that would use its output. */
export function substitutedCommand(text: string, context: MessageContext): Match | undefined {
  for (const { at, end, mark, name } of candidates(SUBSTITUTED, text)) {
    const proof = PROOFS.test(name);
    if (mark === '`' && !(proof && isQuotedCommand(text, at, end))) continue;
    if (commandKind(name) === 'none' || (name === 'uname' && text.startsWith(' -r', end))) continue;
    const left = text.slice(sentenceBefore(context, at), at);
    if (mark === '`' && left.split('`').length % 2 === 0) continue;
    if (
      commandKind(name) === 'ambiguous' &&
      !/^[)`]/.test(text.slice(end)) &&
      !ARGUMENTS.test(after(text, end))
    )
      continue;
    if (isNothing(left)) return { start: at, end };
    const only = hasFormOfValue(left.trimEnd()) && commandKind(left.trim()) === 'none';
    if (!only && isShellLine(left)) continue;
    if (/\bin $/.test(left)) continue;
    if (/[=({[,"']$/.test(left) ? proof && only : proof || !/\s$/.test(left)) return { start: at, end };
  }
  return undefined;
}
