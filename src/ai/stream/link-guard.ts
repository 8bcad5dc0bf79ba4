import { readDestination } from './destination.js';
import type { LinkPolicy } from './link-policy.js';
import type { ReplyStage } from './reply-stage.js';

/** What an address must not be longer than, and so the most that is held back, in UTF-16 code units. */
const MAX_HELD = 2_048;
/** How much of what has gone before is looked at. */
const LOOK_BEHIND = 24;

const REMOVED_ADDRESS = '(link removed)';
const REMOVED_DESTINATION = '#link-removed';

/** An image; the destination of a link or of a reference; an address in the text. */
const TRIGGER = /(?<=!)\[|\][(:]|(?<![a-z\d])(?:https?:\/\/|www\.)/gi;
/** Every trigger has one of these, and few texts have any: a quick look spares most of them a long one. */
const HINT = /[[\]]|\/\/|www\./i;
/** What may become one of them. */
const PARTIAL_TRIGGER = /(?:\]|(?<![a-z\d])(?:w{1,3}|htt?|h|https?:?\/?))$/i;
const END_OF_PARTIAL = /[\]htps:/w]$/i;
/** The alternative text of an image, to its end or to a bracket in it. */
const ALTERNATIVE = /^\[(?:[^[\]\\]|\\[^])*(?:([[\]])|\\?$)/;
const ADDRESS = /^[^\s<>"`]+/;
const PUNCTUATION_BEHIND = /[.,;:!?'*_~)\]}]+$/;
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

  /** Stands at the bracket behind an exclamation mark. Its address is judged again as that of a link. */
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
    const isPermitted =
      destination !== undefined &&
      destination.end <= MAX_HELD &&
      this.policy.permits(destination.written, true);
    return { length: 1, output: isPermitted ? '[' : ' [' };
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
      const [beginning = opening] = /^..[ \t]*\n?[ \t]*<?/.exec(this.held) ?? [];
      return { length: beginning.length, output };
    }
    return this.policy.permits(destination.written, false)
      ? this.keep(destination.end)
      : { length: destination.end, output };
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
    const written = textOfLink(run);
    const address = written.replace(PUNCTUATION_BEHIND, '');
    const isLoadedUnasked = LOADS_UNASKED.test(this.before);
    return this.policy.permits(address, isLoadedUnasked)
      ? this.keep(written.length)
      : { length: written.length, output: REMOVED_ADDRESS + written.slice(address.length) };
  }

  private skip(): Step {
    const length = this.held.search(END_OF_SKIPPED);
    this.isSkipping = length === -1;
    return { length: length === -1 ? this.held.length : length, output: '' };
  }
}

/**
 * An address that is the text of a link ends where the link's own address begins; that one is judged next.
 * Where no address follows, the brackets may be a part of the first one.
 */
function textOfLink(run: string): string {
  const behind = run.search(/\]\((?:https?:\/\/|$)/i);
  return behind === -1 ? run : run.slice(0, behind);
}
