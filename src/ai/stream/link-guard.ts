import { readDestination } from './destination.js';
import type { LinkPolicy } from './link-policy.js';
import type { ReplyStage } from './reply-stage.js';

/** What an address must not be longer than, and so the most that is held back, in UTF-16 code units. */
const MAX_HELD = 2_048;
/** How much of what has gone before is looked at. */
const LOOK_BEHIND = 24;

const REMOVED_ADDRESS = '(link removed)';
const REMOVED_DESTINATION = '#link-removed';

/** An image; the destination of a link or of a reference; an address in angle brackets, or in the text. */
const TRIGGER = /(?<=!)\[|<|\][(:]|(?:https?|ftp):\/\/|(?<![a-z])www\.|(?<![\w:/])\/\//gi;
/** Every trigger has one of these, and few texts have any: a quick look spares most of them a long one. */
const HINT = /[[\]<]|\/\/|www\./i;
/** What may become one of them. */
const PARTIAL_TRIGGER = /(?:\]|h|htt?|https?:?\/?|ft?|ftp:?\/?|(?<![a-z])w{1,3}|(?<![\w:/])\/)$/i;
const END_OF_PARTIAL = /[\]fhtps:/w]$/i;
/** The alternative text of an image, to its end or to a bracket in it. */
const ALTERNATIVE = /^\[(?:[^[\]\\]|\\[^])*(?:([[\]])|\\?$)/;
/** An address of an image that readers of Markdown may see otherwise: none, or one with others in it. */
const MAKES_NO_IMAGE = /^$|[[\]<]|.(?:(?:https?|ftp):\/\/|www\.)/is;
/** Those with a scheme that also count without brackets are judged there. */
const BRACKETED = /^<(?:[a-z][a-z\d+.-]{0,31}$|((?!https?:|ftp:)[a-z][a-z\d+.-]{1,31}:[^<>\s]*)|$)?/i;
const ADDRESS = /^[^<\t\n\v\f\r ]+/;
/**
 * What every reader takes for the address; some take what follows for a part of it, and some what looks like
 * an address for another one. Without the flag `u`, by which `s` would also be a letter beyond ASCII.
 */
const SHORTEST_ADDRESS =
  /^(?:(?:(?:https?|ftp):)?\/\/|www\.)(?:(?!(?:https?|ftp):\/\/|(?<![\w./-])www\.)[^)>\u0080-\uffff])*/i;
const PUNCTUATION_BEHIND = /[.,;:!?'"`*_~)\]}>]+$/;
/** HTML and CSS that makes a browser load the address behind it. */
const LOADS_UNASKED =
  /(?:\b(?:src|srcset|poster|background|data|action)\s*=\s*["']?|\burl\(\s*["']?|@import\s*["'])$/i;
/** Where an address that is too long is over. */
const END_OF_SKIPPED = /[\s<>)"`]/;

/** What becomes of the beginning of the held text. */
interface Step {
  readonly length: number;
  readonly output: string;
}

/**
 * Takes the addresses out of a reply that its policy does not permit: an image that would be loaded from a
 * foreign host becomes a link, and a link that would carry the conversation away leads nowhere. It holds back
 * an address until its end has come.
 */
export class LinkGuard implements ReplyStage {
  private held = '';
  private before = '';
  private isSkipping = false;

  constructor(private readonly policy: LinkPolicy) {}

  push(piece: string): string {
    this.held += piece;
    return this.release(false);
  }

  end(): string {
    return this.release(true);
  }

  private release(isLast: boolean): string {
    let output = '';
    while (this.held !== '') {
      const step = this.isSkipping ? this.skip() : this.step(isLast);
      if (step === undefined || step.length === 0) {
        break;
      }
      output += step.output;
      this.before = (this.before + this.held.slice(0, step.length)).slice(-LOOK_BEHIND);
      this.held = this.held.slice(step.length);
    }
    return output;
  }

  private step(isLast: boolean): Step | undefined {
    const text = this.before + this.held;
    TRIGGER.lastIndex = this.before.length;
    const trigger = HINT.test(this.held) ? TRIGGER.exec(text) : null;
    if (trigger === null) {
      const mayGoOn = !isLast && END_OF_PARTIAL.test(this.held);
      const partial = mayGoOn ? (PARTIAL_TRIGGER.exec(text)?.[0].length ?? 0) : 0;
      return this.keep(this.held.length - partial);
    }
    const at = trigger.index - this.before.length;
    if (at > 0) {
      return this.keep(at);
    }
    switch (trigger[0]) {
      case '[':
        return this.image(isLast);
      case '](':
      case ']:':
        return this.destination(isLast);
      case '<':
        return this.bracket(isLast);
      default:
        return this.address(isLast);
    }
  }

  private keep(length: number): Step {
    return { length, output: this.held.slice(0, length) };
  }

  /** Whether more must come before what begins here can be judged. */
  private canGrow(isLast: boolean): boolean {
    return !isLast && this.held.length <= MAX_HELD;
  }

  /** Stands at the bracket behind an exclamation mark. */
  private image(isLast: boolean): Step | undefined {
    const [alternative = '', closer] = ALTERNATIVE.exec(this.held) ?? [];
    const next = this.held[alternative.length];
    if (closer !== '[' && next === undefined && this.canGrow(isLast)) {
      return undefined;
    }
    if (closer !== ']' || next !== '(') {
      return { length: 1, output: ' [' };
    }
    const destination = readDestination(this.held, alternative.length + 1, isLast);
    if (destination === undefined && this.canGrow(isLast)) {
      return undefined;
    }
    const end = destination?.end ?? Infinity;
    const isPermitted =
      destination !== undefined &&
      end <= MAX_HELD &&
      // Taken as a whole, so that nothing that is taken out of it later can make another image of it.
      !HINT.test(alternative.slice(1, -1)) &&
      !MAKES_NO_IMAGE.test(destination.written) &&
      this.policy.permits(destination.written, true);
    return isPermitted ? this.keep(end) : { length: 1, output: ' [' };
  }

  private destination(isLast: boolean): Step | undefined {
    const opening = this.held.slice(0, 2);
    const destination = readDestination(this.held, opening.length, isLast);
    if (destination === undefined && this.canGrow(isLast)) {
      return undefined;
    }
    const output = `${opening}${opening === ']:' ? ' ' : ''}${REMOVED_DESTINATION}`;
    if (destination === undefined || destination.end > MAX_HELD) {
      this.isSkipping = true;
      const [beginning = opening] = /^..[ \t]*(?:\r\n?|\n)?[ \t]*<?/.exec(this.held) ?? [];
      return { length: beginning.length, output };
    }
    if (!this.policy.permits(destination.written, false)) {
      return { length: destination.end, output };
    }
    // What it holds is looked at again: it may turn out to be no link at all, but an address in the text.
    return this.keep(opening.length);
  }

  /** Stands at an angle bracket: it makes a link of an address with any scheme (CommonMark, section 6.5). */
  private bracket(isLast: boolean): Step | undefined {
    const [beginning = '', address] = BRACKETED.exec(this.held) ?? [];
    if (beginning.length === this.held.length && this.canGrow(isLast)) {
      return undefined;
    }
    const isPermitted = address === undefined || this.policy.judge(address, false) !== false;
    return { length: 1, output: isPermitted && beginning.length <= MAX_HELD ? '<' : '< ' };
  }

  private address(isLast: boolean): Step | undefined {
    const [run = ''] = ADDRESS.exec(this.held) ?? [];
    if (run.length === this.held.length && this.canGrow(isLast)) {
      return undefined;
    }
    if (run.length > MAX_HELD) {
      this.isSkipping = true;
      return { length: 1, output: REMOVED_ADDRESS };
    }
    // Two slashes are more often a comment than an address.
    if (/^\/\/(?![^/?#]*\.)/.test(run)) {
      return this.keep(2);
    }
    const text = textOfLink(run);
    const [shortest = ''] = SHORTEST_ADDRESS.exec(text) ?? [];
    const address = shortest.replace(PUNCTUATION_BEHIND, '');
    const isLoadedUnasked = LOADS_UNASKED.test(this.before);
    if (!this.policy.permits(address, isLoadedUnasked)) {
      return { length: shortest.length, output: REMOVED_ADDRESS + shortest.slice(address.length) };
    }
    // Where no image follows after all, the address goes on.
    const longer = run[text.length] === '[' ? [text, run] : [text];
    const isLongerPermitted = longer.every(
      (reading) => this.policy.judge(reading, isLoadedUnasked) !== false,
    );
    return { length: shortest.length, output: isLongerPermitted ? shortest : `${shortest} ` };
  }

  private skip(): Step {
    const length = this.held.search(END_OF_SKIPPED);
    this.isSkipping = length === -1;
    return { length: length === -1 ? this.held.length : length, output: '' };
  }
}

/**
 * How much of a run of characters belongs to its first address. One that is the text of a link ends before the
 * address of the link, and one before an image before that; both are judged next.
 */
function textOfLink(run: string): string {
  // With the exclamation mark, by which an image is recognised.
  return /^.*?(?:(?=\]\((?:https?:\/\/|$))|!(?=\[)|$)/is.exec(run)?.[0] ?? run;
}
