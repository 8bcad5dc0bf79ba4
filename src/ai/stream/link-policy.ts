import type { ConversationTrace } from './conversation-trace.js';

/** Stands for the website that shows the reply: what is relative leads there. */
const HERE = 'own-site.invalid';

/** They hold a programme or a document rather than leading somewhere. */
const UNSAFE_SCHEMES = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:']);

/** They lead to a host. */
const HOST_SCHEMES = new Set(['http:', 'https:', 'ftp:']);

/** The character references with which an address could be hidden from a look at it (HTML, section 13.5). */
const REFERENCES: Readonly<Record<string, string>> = {
  amp: '&',
  colon: ':',
  sol: '/',
  bsol: '\\',
  period: '.',
  quest: '?',
  equals: '=',
  num: '#',
  percnt: '%',
  commat: '@',
  lowbar: '_',
  Tab: '\t',
  NewLine: '\n',
};

/** Which addresses a reply may hold. */
export class LinkPolicy {
  constructor(
    /** Undefined: links may lead to any host, as long as they carry nothing there. */
    private readonly allowedHosts: ReadonlySet<string> | undefined,
    private readonly conversation: ConversationTrace,
  ) {}

  /**
   * @param written the address as it stands in the reply, escapes and character references included.
   * @param isLoadedUnasked whether a browser asks for it without a click, as it does for an image: then it
   * tells its host even without carrying a word that, when and from where the reply is read.
   */
  permits(written: string, isLoadedUnasked: boolean): boolean {
    return this.judge(written, isLoadedUnasked) === true;
  }

  /** Undefined where no browser could make an address of it; else as {@link permits}. */
  judge(written: string, isLoadedUnasked: boolean): boolean | undefined {
    // Not every reader of Markdown resolves references everywhere.
    const address = unescaped(written);
    const isPermittedAsWritten = address === written || this.judgeAddress(written, isLoadedUnasked) !== false;
    return isPermittedAsWritten && this.judgeAddress(address, isLoadedUnasked);
  }

  private judgeAddress(text: string, isLoadedUnasked: boolean): boolean | undefined {
    const address = text.replace(/^www(?=\.|$)/i, 'http://$&');
    // With a base, `https:host` would be read as a path of the base.
    const url = /^https?:/i.test(address) ? URL.parse(address) : URL.parse(address, `https://${HERE}/`);
    if (url === null) {
      // Some make one of it by escaping what is wrong.
      return this.conversation.isIn(address) ? false : undefined;
    }
    if (UNSAFE_SCHEMES.has(url.protocol)) {
      return false;
    }
    if (!HOST_SCHEMES.has(url.protocol)) {
      return !isLoadedUnasked && !this.conversation.isIn(address);
    }
    if (url.hostname === HERE || this.allowedHosts?.has(url.hostname) === true) {
      return true;
    }
    return this.allowedHosts === undefined && !isLoadedUnasked && !this.conversation.isIn(address);
  }
}

/** What a browser gets to see: Markdown's escapes and references resolved, and what the URL Standard drops dropped. */
function unescaped(written: string): string {
  return written
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&(#\d{1,7}|#x[\da-f]{1,6}|\w+);/gi, (reference, name: string) => referenced(name) ?? reference)
    .replace(/[\t\n\r]/g, '')
    .trim();
}

function referenced(name: string): string | undefined {
  if (!name.startsWith('#')) {
    return REFERENCES[name];
  }
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
