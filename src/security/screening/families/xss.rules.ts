import { anyOf } from './pattern.js';
import type { Match, RuleSet } from '../rule.js';

const OWASP = 'https://owasp.org/www-community/attacks/xss/';
const EVASION = 'https://cheatsheetseries.owasp.org/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.html';

const BREAKOUT =
  /(?:["'`]|--|[\]}*)])[ /]?>[^<\n]{0,10}<[a-z!/?]|["'`] ?\/?> ?["'`]? ?<|["'] ?[;)] ?<[a-z/]/g;

/** The end of a tag that this text did not open. */
function markupBreakout(text: string): Match | undefined {
  for (const found of text.matchAll(BREAKOUT)) {
    const start = Math.max(0, found.index - 400);
    const before = text.slice(start, found.index);
    if (before.lastIndexOf('<') <= before.lastIndexOf('>')) {
      return { start: found.index, end: found.index + found[0].length };
    }
  }
  return undefined;
}

/** Markup that runs script: elements, attributes and addresses. */
export const XSS_RULES: RuleSet = {
  family: 'xss',
  gate: /[<>`"'=]|script|t\s?:|data ?:|moz-binding|expression/,
  rules: [
    {
      id: 'xss.script-element',
      weight: 5,
      test: /<[ /]{0,3}(?:[a-z]{1,10}:)?script\b[^<>]{0,200}>[ \n]?(?:[^\s<>`]{0,60}[(=`;[{+~]|[^<>`]{0,80}[\w\]][(=]|[^<>]{0,20}\/\*)/,
      why: 'A script element with statements in it.',
      source: OWASP,
    },
    {
      id: 'xss.script-tag',
      weight: 3,
      test: /<[ /]{0,3}script[\s/>]/,
      why: 'A script tag.',
      source: OWASP,
    },
    {
      id: 'xss.script-source',
      weight: 5,
      test: /<[ /]{0,3}script\b[^<]{0,120}?\b(?:src|href|xlink:href|for|language|type ?= ?["']?(?:text\/)?(?:vbs|jscript))\b ?=?/,
      why: 'A script element that loads its code or binds to an event.',
      source: OWASP,
    },
    {
      id: 'xss.script-closed-into-markup',
      weight: 5,
      test: /<\/(?:script|title|style|textarea|noscript|template|iframe|xmp|noembed|select|option)\b[^<>]{0,20}>?[^<]{0,40}<(?=[a-z!?])[^\n]{0,200}(?:script|on[a-z]{3,20} ?=|src ?=)/,
      why: 'Closes a raw-text element early, then opens one that runs script.',
      source: EVASION,
    },
    {
      id: 'xss.script-nested-tag',
      weight: 5,
      test: anyOf(
        /<[a-z]{0,6}<[ /]?(?:script|img|svg|iframe|body)\b/,
        /<scr(?:ipt)?</,
        /<script[^<>]{0,40}</,
        /<{2,4} ?(?:script|img|svg|iframe)/,
      ),
      why: 'A tag inside a tag: what is left after a filter deletes the inner one is a script element.',
      source: EVASION,
    },
    {
      id: 'xss.event-attribute',
      weight: 5,
      test: /<[a-z!?/][^<>]{0,300}?[^a-z0-9.$_-]on[a-z]{3,30} ?=(?! ?[>&])/,
      why: 'An element with an event handler attribute.',
      source: OWASP,
    },
    {
      id: 'xss.event-attribute-breakout',
      weight: 5,
      test: /(?:["'`>]|^)[ /\n]{0,2}(?:[a-z]{2,14}(?: ?= ?[^\s"'<>]{0,20})?["' /]{1,2}){0,2}on(?:[a-z]{0,12}(?:load|error|click|focus|blur|over|out|move|down|up|enter|leave|start|end|key|press|change|input|toggle|wheel|copy|cut|paste|drag|drop|scroll|submit|select|show|play|pause|resize|hashchange|message|begin|repeat)(?:in|start|end|state|change)?) ?= ?["'`]?[^\s"'<>]/,
      why: 'A closed quote followed by an event handler: an attribute value left behind.',
      source: EVASION,
    },
    {
      id: 'xss.active-element',
      weight: 3,
      test: /<(?:svg|math|iframe|frame|frameset|object|embed|applet|isindex|base|link|meta|layer|ilayer|bgsound|marquee|keygen|portal|animate|set|handler|foreignobject|xml|import|event-source|[?]xml-stylesheet|[?]import|!entity|!element|!attlist|![[]cdata)\b[ /\n>]/,
      why: 'An element that loads, embeds or animates content that can run.',
      source: EVASION,
    },
    {
      id: 'xss.active-element-target',
      weight: 3,
      test: /<(?:iframe|frame|object|embed|applet|base|link|meta|script|img|image|bgsound|layer|video|audio|source|input|body|table|td|form|math|xml|br|portal|import|event-source)\b[^<>]{0,200}?\b(?:src|srcdoc|data|code|codebase|href|http-equiv|content|action|formaction|poster|background|dynsrc|lowsrc|xlink:href|implementation|folder) ?= ?["'`]?[^\s"'`>]/,
      why: 'An element whose target the sender chose.',
      source: EVASION,
    },
    {
      id: 'xss.call-in-tag',
      weight: 3,
      test: /<[a-z!?/][^<>]{0,300}?[^a-z0-9.](?:alert|prompt|confirm|eval|print|fetch) ?[(`]/,
      why: 'A function call inside a tag, in whichever attribute the parser makes of it.',
      source: EVASION,
    },
    {
      id: 'xss.meta-refresh',
      weight: 3,
      test: /<meta\b[^<>]{0,80}(?:http-equiv ?= ?["']?(?:refresh|link|set-cookie|content-security|content-type)|charset ?= ?["']?(?:utf-?7|x-imap))/,
      why: 'A meta element that redirects, sets cookies or changes how the page is decoded.',
      source: EVASION,
    },
    {
      id: 'xss.external-entity',
      weight: 5,
      test: /<!(?:doctype|entity)\b[^<>]{0,120}(?:\[ ?<!|\b(?:system|public)\b ?["'])/,
      why: 'A document type that fetches an external entity (CWE-611).',
      source: 'https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing',
    },
    {
      id: 'xss.markup-breakout',
      weight: 2,
      test: markupBreakout,
      why: 'Ends an attribute or comment and its tag, then starts a new tag.',
      source: EVASION,
    },
  ],
};
