import { anyOf } from './pattern.js';
import type { Match, RuleSet } from '../rule.js';

const EVASION = 'https://cheatsheetseries.owasp.org/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.html';

const METACHARACTERS = /[<>"'%;()&+{}=!|\\/*`$#@^~?[\]-]{8,80}/g;
const VARIETY = 9;

/** Many different marks in a row, quote and bracket among them; a rule under a heading repeats one. */
function metacharacterProbe(text: string): Match | undefined {
  for (const found of text.matchAll(METACHARACTERS)) {
    const marks = new Set(found[0]);
    if (marks.size >= VARIETY && !found[0].includes('[^') && /["']/.test(found[0]) && /[<>]/.test(found[0])) {
      return { start: found.index, end: found.index + found[0].length };
    }
  }
  const locator = /["'][^a-z0-9\s]{2,12}<[a-z]{1,10}>[=&{]/.exec(text);
  return locator ? { start: locator.index, end: locator.index + locator[0].length } : undefined;
}

const SPACED_SCHEME = /(?:j\s?a\s?v\s?a|v\s?b|l\s?i\s?v\s?e)\s?s\s?c\s?r\s?i\s?p\s?t\s?:/g;
const MIN_GAPS = 2;

function spacedScheme(text: string): Match | undefined {
  for (const found of text.matchAll(SPACED_SCHEME)) {
    if (found[0].split(/\s/).length > MIN_GAPS)
      return { start: found.index, end: found.index + found[0].length };
  }
  return undefined;
}

/** Script in addresses and style sheets, and markup spelled so that a filter does not see it. */
export const XSS_ENCODED_RULES: RuleSet = {
  family: 'xss',
  gate: /[<>`"'=:%\\&]|adw-|¼/,
  rules: [
    {
      id: 'xss.script-address',
      weight: 5,
      test: /(?:[=("'`,;:\s]|^)["'`(]{0,2}[ \n]?(?:j ?\n?a ?\n?v ?\n?a ?\n?|vb|live)s ?\n?c ?\n?r ?\n?i ?\n?p ?\n?t ?\n?:(?! ?(?:void ?\(? ?0|;|history\.|window\.print\(\)|\{\} ?["']))(?:["'`]{0,2}[^\s,."'`)\]]|[ \n]["'`]{0,2}[^\s"'`]{1,40}[(=`:])/,
      why: 'An address whose scheme is a script language.',
      source: EVASION,
    },
    {
      id: 'xss.script-address-spaced',
      weight: 5,
      test: spacedScheme,
      why: 'A script scheme with white space between its letters, which browsers skip.',
      source: EVASION,
    },
    {
      id: 'xss.style-escapes',
      weight: 5,
      view: 'raw',
      test: /style ?=[^\n<>]{0,160}?(?:\\0{0,4}[0-9a-f]{2} ?){3}/,
      why: 'Style sheet text spelled in escapes.',
      source: EVASION,
    },
    {
      id: 'xss.handler-scheme',
      weight: 5,
      test: /\b(?:firefoxurl|navigatorurl|aim|res|mhtml|mocha|wyciwyg|view-source|chrome|hcp|ms-its|ms-help|mk):[^\n]{0,80}?(?:["'<>!]|\.exe|\.dll|javascript|alert)/,
      why: 'An address scheme that hands its argument to a local program.',
      source: 'https://cwe.mitre.org/data/definitions/88.html',
    },
    {
      id: 'xss.data-document',
      weight: 5,
      test: /\bdata ?: ?(?:text\/(?:html|javascript|xml|css)|image\/svg|application\/(?:xhtml|xml|javascript|x-javascript)|[a-z0-9/+.-]{0,40}[;\s]{0,4}(?:[a-z0-9=-]{1,30};)?base64[;\s]{0,3},|[^,\s]{0,60},[^\s]{0,5}(?:<|javascript|alert))/,
      why: 'A data address that carries a document or script of its own.',
      source: 'https://developer.mozilla.org/docs/Web/URI/Reference/Schemes/data',
    },
    {
      id: 'xss.style-script',
      weight: 5,
      view: 'shell',
      test: /(?::[^;"'\n]{0,40}expression ?\(\S|-moz-binding ?:|behaviou?r ?: ?url|@import ?["'(]|@im\\port|\burl ?\(["' ]{0,2}(?:javascript|vbscript|data ?:)|x ?:expr)/,
      why: 'Style sheet text that some browser runs or fetches as script.',
      source: EVASION,
    },
    {
      id: 'xss.numeric-host',
      weight: 5,
      test: /\b(?:href|src|action) ?= ?["']?(?:h\s?t\s?t\s?p\s?s?\s?:)?\/\/(?:0x[0-9a-f]{2,8}\b|0[0-7]{3,11}\b|\d{8,10}[/"']|\d\s\d)/,
      why: 'A link whose host is a number in disguise.',
      source: EVASION,
    },
    {
      id: 'xss.split-by-comment',
      weight: 3,
      test: /[a-z]\/\*[^*\n]{0,40}\*\/[a-z]{2,20} ?\(|javas?<!--[^>\n]{0,20}-->|<!\[cdata\[ ?<\]\]>/,
      why: 'A comment or data section inside a word, which the parser drops and a filter does not.',
      source: EVASION,
    },
    {
      id: 'xss.metacharacter-probe',
      weight: 5,
      test: metacharacterProbe,
      why: 'A run of metacharacters sent to see which of them survive.',
      source: EVASION,
    },
    {
      id: 'xss.utf7',
      weight: 5,
      view: 'raw',
      test: anyOf(
        /(?:¼|\\xbc|%bc)\/?[a-z]{1,10}[^¾\n]{0,40}(?:¾|\\xbe|%be)/,
        /(?:\+|%2b)adw-/,
        /\badw-[a-z/]{1,20}[ +]{0,3}ad4-/,
      ),
      why: 'Markup spelled in UTF-7 or 7-bit ASCII, which only an attack on the decoder needs.',
      source: 'https://cwe.mitre.org/data/definitions/838.html',
    },
    {
      id: 'xss.encoded-markup',
      weight: 5,
      view: 'raw',
      test: /(?:%(?:25)?3c|&#x?0{0,8}(?:60|3c);?|\\x3c|\\u003c|\\74)(?:%(?:25)?2f|\/)?(?:script|svg|img|iframe|body|object|embed|%73%63|[a-z]{1,10}(?:%20|\+|\/|%2f)[^\s]{0,60}on[a-z]{3,20}(?:=|%3d))/,
      why: 'Markup whose brackets are encoded so that a filter does not see them.',
      source: EVASION,
    },
  ],
};
