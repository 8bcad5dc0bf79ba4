import type { MessageContext } from '../context.js';
import type { Match } from '../rule.js';
import {
  areOwnArguments,
  areRealArguments,
  ARGUMENTS,
  isFilterAlone,
  isKnownPair,
  PLAIN_ARGUMENTS,
} from './command-arguments.js';
import {
  after,
  candidates,
  hasFormOfValue,
  isNothing,
  isShellLine,
  isValue,
  sentenceBefore,
  type Candidate,
} from './command-line.js';
import { commandKind, isFilter, isTechnical } from './command-names.js';
import { endsInWord, isColumn, isListed, isUnfinished } from './command-prose.js';

/** A separator with the command word behind it: `; /bin/cat`, `|id`, `&& 'curl'`. */
const SEPARATED =
  /(\|{1,2}|&{1,2}|;)[ "'(`!{]{0,3}(?:[\w.~?*[\]-]{0,20}[/\\]){0,6}([a-z][\w.-]{1,20})(?=["')`]{0,2}(?:$|[^\w.:=-]))/g;
/** `| ruby/id` is a choice of words; a program is named by itself or by the path it lies at. */
const RELATIVE = /^\W{1,6}(?!usr|s?bin|opt|home|windows|system32|cmd)[a-z][\w-]{0,20}\//;

/** A shell separator, the word behind it, and what stands on both sides. */
class Separator {
  readonly mark: string;
  readonly name: string;
  /** The sentence before the separator. */
  readonly left: string;
  readonly right: string;
  /** The word or payload right before the separator. */
  readonly payload: string;
  readonly kind: ReturnType<typeof commandKind>;
  /** Whether the name looks like a command by what follows it. */
  readonly likely: boolean;
  /** A space behind the separator, as behind punctuation. */
  readonly spaced: boolean;
  /** White space before the separator, as before no punctuation. */
  readonly detached: boolean;
  private readonly startsMessage: boolean;
  private readonly startsSentence: boolean;

  constructor(
    private readonly text: string,
    private readonly candidate: Candidate,
    context: MessageContext,
  ) {
    const { at, end, mark, name } = candidate;
    const sentence = sentenceBefore(context, at);
    this.mark = mark;
    this.name = name;
    this.left = text.slice(sentence, at).trimEnd();
    this.right = after(text, end);
    this.payload = text.slice(
      context.segments.findLast((one) => one >= sentence && one <= at) ?? sentence,
      at,
    );
    this.kind = commandKind(name);
    this.likely = isKnownPair(name, this.right) || ARGUMENTS.test(this.right);
    this.spaced = text[at + mark.length] === ' ';
    this.detached = /\s/.test(text[at - 1] ?? '');
    this.startsMessage = text.slice(0, at).trim() === '';
    this.startsSentence = isNothing(this.left) && !/[\n:]/.test(text[at - 1] ?? '');
  }

  /** Not a command at all: a path of words, an item of a list, a filter that gets something piped into it. */
  isSomethingElse(): boolean {
    const { at, end } = this.candidate;
    const path = /^\/(?![a-z])/.test(this.right) || RELATIVE.test(this.text.slice(at, end));
    return (isTechnical(this.name) && path) || isListed(this.text, at, this.mark);
  }

  /** No sentence has a separator like this: glued to the name, or the first thing of message or sentence. */
  isOfShell(): boolean {
    if (isFilter(this.name)) return false;
    const technical = isTechnical(this.name);
    if (this.startsSentence && technical) return true;
    if (this.startsSentence && this.startsMessage && this.mark !== '&' && this.kind !== 'none') return true;
    if (!isValue(this.left) && isShellLine(this.left)) return false;
    return !this.spaced && technical && (this.startsSentence || isValue(this.left) || this.detached);
  }

  /** The separator may be punctuation, or how people write command lines. */
  isDoubtful(): boolean {
    const { name, right, left, mark, spaced, likely } = this;
    if (this.kind === 'none' ? !PLAIN_ARGUMENTS.test(right) : this.kind === 'ambiguous' && !likely)
      return true;
    if (mark === '|' && isFilter(name) && !(this.startsMessage && isFilterAlone(right))) return true;
    if (spaced && isUnfinished(left)) return true;
    const technical = isTechnical(name) && !isColumn(this);
    // In prose a lone ampersand is the word "and", and `this | that; node` is a list.
    if (mark === '&' && !likely && !technical && !isNothing(left)) return true;
    const listed = spaced && endsInWord(left) && !technical;
    return listed && !areOwnArguments(name, right) && !areRealArguments(right);
  }

  /** It stands alone, behind a value, or behind a finished sentence; behind a command line it belongs to that. */
  isOutOfPlace(): boolean {
    const standsAlone = isNothing(this.left) || isNothing(this.payload);
    const onlyValue = isValue(this.left);
    if (this.kind === 'none' && !standsAlone && !(onlyValue && this.left.includes('='))) return false;
    if (!onlyValue && isShellLine(this.left)) return false;
    const afterValue = onlyValue || (this.likely && hasFormOfValue(this.payload.trimEnd()));
    return standsAlone || afterValue || this.detached;
  }
}

/**
 * A command chained to something that is not a command: to nothing, to a value, or to a finished sentence.
 * `uname -a; dpkg -l` is none of these, and piping into a filter is how people write command lines.
 */
export function chainedCommand(text: string, context: MessageContext): Match | undefined {
  for (const candidate of candidates(SEPARATED, text)) {
    const separator = new Separator(text, candidate, context);
    if (separator.isSomethingElse()) continue;
    if (separator.isOfShell() || (!separator.isDoubtful() && separator.isOutOfPlace()))
      return { start: candidate.at, end: candidate.end };
  }
  return undefined;
}
