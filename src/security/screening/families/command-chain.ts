import type { MessageContext } from '../context.js';
import type { Match } from '../rule.js';
import { commandKind, isFilter, isTechnical } from './command-names.js';

/** A separator with the command word behind it: `; /bin/cat`, `|id`, `&& 'curl'`. */
const SEPARATED =
  /(\|{1,2}|&{1,2}|;)[ "'(`!{]{0,3}(?:[\w.~?*[\]-]{0,20}[/\\]){0,6}([a-z][\w.-]{1,20})(?=["')`]{0,2}(?:$|[^\w.:=-]))/g;
/** A command inside `$( )`, backticks or `<( )`. */
const SUBSTITUTED =
  /(`|[$<>]\()[ "'(`]{0,3}(?:[\w.~?*[\]-]{0,20}\/){0,6}([a-z][\w.-]{1,20})(?=[`) <>\n/;|&$"'+-]|$)/g;
const MAX_CANDIDATES = 24;
const LEFT_WINDOW = 120;
const RIGHT_WINDOW = 48;

const EMPTY = /^[\s"'`)\]}\\%!.$+<>-]*$/;
/** One word, number, file name, address or assignment: what a form field would hold. */
const VALUE = /^["'(]?(?:[\w@%/][\w.@/:%*?-]{0,60}["')]{0,3}|[\w.-]{0,30} ?= ?[^\s=]{0,60})$/;
/** Words and marks that show that the text before a separator is a command line too. */
const SHELL_LINE =
  /(?:^|[ (`"'])(?:sudo|apt-get|aptitude|dpkg|cd|lspci|lsusb|dmesg|ls|ldd|ps|rm|cp|mv|mkdir|chmod|su|git|docker|wget|curl|modprobe|fdisk|blkid|lsmod|hwinfo|uname|ifconfig|grep)(?: |$)|(?:^|[.:?!] |[(`"'])(?:(?:cat|echo|env|export|apt) (?:[a-z~./*$-]|$)|(?:find|mount|touch|kill|head|tail|man) [~./*$-])|(?:^| )-{1,2}[a-z]|(?:^| )[~.]?\/[a-z]/;
/** What follows a name when it is a command: nothing, a flag, a path, a number, another separator. */
const ARGUMENTS =
  /^(?: ?$| ?[;&|<>\n#)$+]| [-/\\~$%.*<>'"\d{]| ?[a-z]:[\\/]| [\w.-]+ ?[-/\\;|&<>=@]|[/\\]|[ (]{1,2}["'\d]| https?:)/;
/** Arguments that prose never has: enough to take an unknown name for a command. */
const PLAIN_ARGUMENTS = /^ ?(?:<<<|-{1,2}[a-z]|\/[a-z]{1,2}\b|[~.]{0,2}\/\w|https?:|[a-z]:\\)/;
/** Arguments proper: `; sleep` ends a sentence, `; sleep 5` does not. */
const REAL_ARGUMENTS =
  /^(?:\(| (?:-{1,2}[a-z\d]|[/\\~.]{1,3}[\w.]|\$[\w{(]|%\w|<<|[>+]\S|[a-z]:[\\/]|https?:|[\w.-]{1,40}(?:@\w| -{1,2}[a-z])))/;
/** Several words after the arguments: the separator was punctuation. */
const SENTENCE_GOES_ON = /(?: [a-z']{2,14}){3}/;
const PLAIN_WORD = /(?:^|[\s"'()/*])#?[\p{L}\p{M}\d'/*-]{1,40}["')*]?$/u;
/** No sentence ends with these, so what follows is not a payload behind one: `the & sleep 42`. */
const UNFINISHED =
  /(?:^|\s)(?:the|an?|my|your|our|his|their|of|and|or|but|with|from|for|is|are|was|were|not|no|if|when|because|than|very)$/;
const TAKES_NUMBER = /^(?:sleep|ping|timeout|nc)$/;
const TAKES_HOST = /^(?:dig|ping|nslookup|traceroute|telnet|ssh|whois|host|nc)$/;
/** Second words that belong to the command before them. */
const KNOWN_PAIR =
  /^(?:net (?:user|localgroup|group|view|share|start|stop|use|accounts|session)|ps (?:aux|axu|-)|ip (?:a|addr|route|link)|reg (?:query|add|save)|date (?:-[a-z]|\+["'%])|sudo -|su -|service \w{1,20} (?:start|stop|restart)|systemctl \w|tar -?[cxt]v?[zj]?v?f |find \/ -|cd (?:\.\.|[/~])|set (?:$|[;&|]))/;
/** `| ruby/id` is a choice of words; a program is named by itself or by the path it lies at. */
const RELATIVE = /^\W{1,6}(?!usr|s?bin|opt|home|windows|system32|cmd)[a-z][\w-]{0,20}\//;
/** An item of a list or table: `name | id | date`. */
const ITEM = /^ ?(?!sleep \d|ping \d)[\p{L}\p{M}_-][\p{L}\p{M}'_*" -]{1,30}\d{0,3}[.!?:,]? ?$/u;
const MIN_ITEMS = 3;
const TABLE_ROW = /^\|.{1,300}\|$/;
const TABLE = /\|[ \n]{0,2}:?-{1,80}:?[ \n]{0,2}\||\|\n ?\|[^|\n]{0,80}\|/;
/** Programs whose output nobody needs in a script: they only prove that something ran. */
const PROOFS =
  /^(?:id|whoami|uname|sleep|curl|wget|nslookup|ping|ifconfig|nc|touch|type|dir|cat|ls|hostname)$/;

/** Where the word or payload that ends before `at` begins, as far back as `from`. */
function payloadStart(context: MessageContext, from: number, at: number): number {
  return context.segments.findLast((segment) => segment >= from && segment <= at) ?? from;
}

function sentenceBefore(context: MessageContext, at: number): number {
  return Math.max(context.sentenceStart(at), at - LEFT_WINDOW);
}

/** One value and no command: what a form field would hold. */
function isValue(left: string): boolean {
  return VALUE.test(left) && commandKind(left) !== 'program';
}

/** Whether the line around `at` is items between marks, as in a table, a list or a file of values. */
function isListed(text: string, at: number, mark: string): boolean {
  if (mark.length > 1) return false;
  const start = Math.max(text.lastIndexOf('\n', at) + 1, at - LEFT_WINDOW);
  const end = text.indexOf('\n', at);
  const line = text.slice(start, Math.min(end < 0 ? text.length : end, at + LEFT_WINDOW));
  if (mark === '|' && TABLE_ROW.test(line.trim()) && TABLE.test(text)) return true;
  const items = line.split(mark).filter((item) => item.trim() !== '');
  if (items.length < MIN_ITEMS) return false;
  const gluedToNameOnly = /\s/.test(text[at - 1] ?? ' ') && text[at + 1] !== ' ';
  return !gluedToNameOnly && items.every((item, index) => ITEM.test(index === 0 ? item.slice(-30) : item));
}

/** `the name & id of it`, `any; id account`: a column or field rather than the command of that name. */
function isColumn(
  text: string,
  from: number,
  name: string,
  right: string,
  left: string,
  isDetached: boolean,
): boolean {
  return (
    name === 'id' &&
    text[from] === ' ' &&
    PLAIN_WORD.test(left) &&
    (text[from - 1] === '&' || right.trim() !== '' || !(isValue(left) || isDetached))
  );
}

/** A separator that no sentence has: glued to the name, or the first thing of the message or sentence. */
function isShellSeparator(text: string, at: number, mark: string, name: string, left: string): boolean {
  const first = EMPTY.test(left) && !/[\n:]/.test(text[at - 1] ?? '');
  if (first && isTechnical(name)) return true;
  if (first && mark !== '&' && commandKind(name) !== 'none' && text.slice(0, at).trim() === '') return true;
  if (!isValue(left) && isShellLine(left)) return false;
  const gluedToName = text[at + mark.length] !== ' ';
  return gluedToName && isTechnical(name) && (first || isValue(left) || /\s/.test(text[at - 1] ?? ''));
}

function isShellLine(left: string): boolean {
  return SHELL_LINE.test(left) || commandKind(/^[a-z][\w.-]*(?= )/.exec(left)?.[0] ?? '') === 'program';
}

/** What follows a command word, past the quote or bracket that closes around it. */
function after(text: string, end: number): string {
  return text.slice(end, end + RIGHT_WINDOW).replace(/^["')`]{1,2}/, '');
}

function* candidates(
  pattern: RegExp,
  text: string,
): Generator<{ at: number; end: number; mark: string; name: string }> {
  let count = 0;
  for (const found of text.matchAll(pattern)) {
    const [whole, mark = '', name = ''] = found;
    yield { at: found.index, end: found.index + whole.length, mark, name };
    count += 1;
    if (count === MAX_CANDIDATES) return;
  }
}

/**
 * A command chained to something that is not a command: to nothing, to a value, or to a finished sentence.
 * `uname -a; dpkg -l` is none of these, and piping into a filter is how people write command lines.
 */
export function chainedCommand(text: string, context: MessageContext): Match | undefined {
  for (const { at, end, mark, name } of candidates(SEPARATED, text)) {
    const right = after(text, end);
    if (isTechnical(name) && (/^\/(?![a-z])/.test(right) || RELATIVE.test(text.slice(at, end)))) continue;
    const kind = commandKind(name);
    const pair = KNOWN_PAIR.test(name + right);
    const likely = pair || ARGUMENTS.test(right);
    const sentence = sentenceBefore(context, at);
    const left = text.slice(sentence, at).trimEnd();
    if (isListed(text, at, mark)) continue;
    if (isShellSeparator(text, at, mark, name, left) && !isFilter(name)) return { start: at, end };
    if ((kind === 'none' && !PLAIN_ARGUMENTS.test(right)) || (kind === 'ambiguous' && !likely)) continue;
    if (
      mark === '|' &&
      isFilter(name) &&
      !(text.slice(0, at).trim() === '' && /^ ?$|^ ?<<<|^ -{1,2}[a-z]|^ [~.]{0,2}\/\w/.test(right))
    )
      continue;
    // In prose a lone ampersand is the word "and", and `this | that; node` is a list.
    const detached = /\s/.test(text[at - 1] ?? '');
    if (text[at + mark.length] === ' ' && UNFINISHED.test(left)) continue;
    const technical = isTechnical(name) && !isColumn(text, at + mark.length, name, right, left, detached);
    if (mark === '&' && !likely && !technical && !EMPTY.test(left)) continue;
    const listed = text[at + mark.length] === ' ' && PLAIN_WORD.test(left) && !technical;
    const proof =
      pair ||
      (TAKES_NUMBER.test(name) && /^ ?\d{1,4}[\s"'`;|&#)]{0,4}(?:$|[-;|&#\n]|\d)/.test(right)) ||
      (TAKES_HOST.test(name) && /^ [\w-]{1,40}\.[a-z\d]/.test(right));
    if (listed && !proof && (!REAL_ARGUMENTS.test(right) || SENTENCE_GOES_ON.test(right))) continue;
    const payload = payloadStart(context, sentence, at);
    const standsAlone = EMPTY.test(left) || EMPTY.test(text.slice(payload, at));
    const only = isValue(left);
    if (kind === 'none' && !standsAlone && !(only && left.includes('='))) continue;
    if (!only && isShellLine(left)) continue;
    const value = only || (likely && VALUE.test(text.slice(payload, at).trimEnd()));
    if (standsAlone || value || detached) return { start: at, end };
  }
  return undefined;
}

/**
 * Backticks also mark code in prose. A command with arguments counts, and a lone command only as the one
 * such mark of the message and its beginning or end: `id` is a column in most conversations.
 */
function isQuotedCommand(text: string, at: number, end: number): boolean {
  const close = text.indexOf('`', end);
  const marks = text.split('`', 5).length - 1;
  if (close < 0 || close > end + RIGHT_WINDOW) return true;
  if (/^ ?[-/\\~$%.*<>'"\d]|^ \w/.test(text.slice(end, close))) return true;
  return marks === 2 && (EMPTY.test(text.slice(0, at)) || EMPTY.test(text.slice(close + 1)));
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
    if (EMPTY.test(left)) return { start: at, end };
    const only = VALUE.test(left.trimEnd()) && commandKind(left.trim()) === 'none';
    if (!only && isShellLine(left)) continue;
    if (/\bin $/.test(left)) continue;
    if (/[=({[,"']$/.test(left) ? proof && only : proof || !/\s$/.test(left)) return { start: at, end };
  }
  return undefined;
}
