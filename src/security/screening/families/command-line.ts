import { commandKind, isTechnical } from './command-names.js';
import type { MessageContext } from '../context.js';

/** What can stand before a command without being anything: quotes, brackets and the like. */
const EMPTY = /^[\s"'`)\]}\\%!.$+<>-]*$/;
/** One word, number, file name, address or assignment: what a form field would hold. */
const VALUE = /^["'(]?(?:[\w@%/][\w.@/:%*?-]{0,60}["')]{0,3}|[\w.-]{0,30} ?= ?[^\s=]{0,60})$/;
/** Words and marks that show that the text before a separator is a command line too. */
const SHELL_LINE =
  /(?:^|[ (`"'])(?:sudo|apt-get|aptitude|dpkg|cd|lspci|lsusb|dmesg|ls|ldd|ps|rm|cp|mv|mkdir|chmod|su|git|docker|wget|curl|modprobe|fdisk|blkid|lsmod|hwinfo|uname|ifconfig|grep)(?: |$)|(?:^|[.:?!] |[(`"'])(?:(?:cat|echo|env|export|apt) (?:[a-z~./*$-]|$)|(?:find|mount|touch|kill|head|tail|man) [~./*$-])|(?:^| )-{1,2}[a-z]|(?:^| )[~.]?\/[a-z]/;
/** Arguments of a command line; `zip the back of the dress` has none. */
const ARGUMENT = / (?:-{1,2}\w|[~.]{0,2}\/|\S{1,30}[./=]\w)/;
/** So few words are a command line even without them: `npm install`. */
const FEW_WORDS = 3;
const MAX_CANDIDATES = 24;
const LEFT_WINDOW = 120;
const RIGHT_WINDOW = 48;

/** A place where a shell would begin a command. */
export interface Candidate {
  readonly at: number;
  readonly end: number;
  /** The separator or the opening of a substitution. */
  readonly mark: string;
  /** The word in the place of a command. */
  readonly name: string;
}

/** Matches of a pattern whose groups are mark and name; never more than a few. */
export function* candidates(pattern: RegExp, text: string): Generator<Candidate> {
  let count = 0;
  for (const found of text.matchAll(pattern)) {
    const [whole, mark = '', name = ''] = found;
    yield { at: found.index, end: found.index + whole.length, mark, name };
    count += 1;
    if (count === MAX_CANDIDATES) return;
  }
}

export function isNothing(text: string): boolean {
  return EMPTY.test(text);
}

/** Looks like a value, whatever word it is. */
export function hasFormOfValue(text: string): boolean {
  return VALUE.test(text);
}

/** One value and no command: what a form field would hold. */
export function isValue(text: string): boolean {
  return VALUE.test(text) && commandKind(text) !== 'program';
}

export function isShellLine(left: string): boolean {
  if (SHELL_LINE.test(left)) return true;
  const first = /^[a-z][\w.-]*(?= )/.exec(left)?.[0] ?? '';
  if (commandKind(first) !== 'program') return false;
  return isTechnical(first) || ARGUMENT.test(left) || left.split(' ').length <= FEW_WORDS;
}

/** Where the sentence around `at` begins, not further back than a line is long. */
export function sentenceBefore(context: MessageContext, at: number): number {
  return Math.max(context.sentenceStart(at), at - LEFT_WINDOW);
}

/** The line around `at`, as far as a line is long. */
export function lineAround(text: string, at: number): string {
  const start = Math.max(text.lastIndexOf('\n', at) + 1, at - LEFT_WINDOW);
  const end = text.indexOf('\n', at);
  return text.slice(start, Math.min(end < 0 ? text.length : end, at + LEFT_WINDOW));
}

/** What follows a command word, past the quote or bracket that closes around it. */
export function after(text: string, end: number): string {
  return text.slice(end, end + RIGHT_WINDOW).replace(/^["')`]{1,2}/, '');
}
