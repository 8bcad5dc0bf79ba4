import { anyOf } from './pattern.js';
import type { RuleSet } from '../rule.js';

const EVASION = 'https://cheatsheetseries.owasp.org/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.html';

/** Script that proves, steals or hides execution, with or without markup around it. */
export const XSS_SCRIPT_RULES: RuleSet = {
  family: 'xss',
  gate: /[(`[=]|&#|\\/,
  rules: [
    {
      id: 'xss.script-dialog',
      weight: 2,
      test: anyOf(
        /\b(?:alert|prompt|confirm)\b\)?(?:[(`]| ?\( ?[\w"'`/]{1,20}[)"'`.])/,
        /\b(?:top|self|window|parent|this|frames|globalthis)\b ?\[/,
        /\bthrow ?(?:onerror|[/'"])/,
        /\bonerror ?= ?(?:alert|eval)/,
        /\[ ?["'](?:al|ale|aler)["'] ?\+/,
      ),
      why: 'Opens a dialog, the usual proof that script ran.',
      source: EVASION,
    },
    {
      id: 'xss.script-breakout',
      weight: 5,
      test: anyOf(
        /(?:["'`]|\\u0027|\$\{|^)[ )}\]]{0,4}(?:[;+\-*/,|&^%~!<>?:=]{1,3}|(?<=\$\{))[ (\n{]{0,3}(?:(?:window|self|top|this|parent|document)[.[])?(?:alert|prompt|confirm|eval|document\.(?:cookie|write|location|body)|location|string\.fromcharcode|(?:settimeout|setinterval)(?= ?\( ?(?:["'`]|alert|eval))|import(?= ?\()|fetch(?= ?[(`])|\$\.getscript|document\.domain|(?:self|top|window)(?=[[.=]))\)?(?:[(`[]| ?=|\.\w)/,
        /["'`] ?[}\]][ )}\]]{0,3}[;,]?(?:alert|prompt|confirm|eval)\(/,
        /[-+/*;}] ?(?:alert|prompt|confirm)\([^()\n]{0,20}\)[;})\]]{0,4}(?:\/\/|\\|<!--)/,
      ),
      why: 'Leaves a string literal and calls a function at once.',
      source: 'https://portswigger.net/web-security/cross-site-scripting/contexts',
    },
    {
      id: 'xss.script-char-codes',
      weight: 3,
      test: anyOf(
        /string ?\. ?fromcharcode ?\( ?[0-9x]{1,4} ?,/,
        /\b(?:unescape|atob|decodeuri(?:component)?) ?\( ?["'`][^"'`]{0,200}["'`] ?\) ?\)/,
      ),
      why: 'Builds text from numbers or an encoding.',
      source: EVASION,
    },
    {
      id: 'xss.script-evaluates',
      weight: 3,
      test: anyOf(
        /\beval ?\( ?(?:atob|unescape|string|location|name|window|document|url|this|src|id|[a-z](?: ?\+ ?[a-z]){1,8} ?\)|["'`\\/])/,
        /\b(?:settimeout|setinterval|execscript|function) ?\( ?["'`][^"'`]{0,80}\(/,
        /\bfunction ?`/,
        /\blocation ?= ?(?:name|id|location\.hash|`)/,
      ),
      why: 'Runs text as code.',
      source: EVASION,
    },
    {
      id: 'xss.script-evaluates-call',
      weight: 5,
      test: anyOf(
        /\b(?:eval|settimeout|setinterval|execscript|function) ?\( ?["'`][^"'`\n]{0,80}(?:\balert|\bprompt|\bconfirm|document ?\.|location|\bsleep\b|\bsystem\b)/,
        /\b(?:eval|settimeout|setinterval|execscript) ?\( ?["'`][^"'`\n]{1,20}["'`] ?\+ ?["'`]/,
        /\bfunction ?\( ?["'`][^"'`\n]{1,80}["'`] ?\) ?(?:\(|`)/,
      ),
      why: 'Runs a piece of text that opens a dialog, reaches the page or is put together on the spot.',
      source: EVASION,
    },
    {
      id: 'xss.script-event-call',
      weight: 5,
      test: /\bon[a-z]{3,24} ?= ?["'`({]{0,2}(?:(?:window|self|top|this|parent|document)[.[]["']?)?(?:alert|prompt|confirm|eval|fetch|import|javascript ?:|location|document\.(?:cookie|location|write))\b/,
      why: 'An event handler whose first act is a dialog, evaluation or request.',
      source: EVASION,
    },
    {
      id: 'xss.script-indirect-call',
      weight: 5,
      test: anyOf(
        /\b(?:self|window|document|top|this|parent|frames|globalthis)(?: |\/\*[^*\n]{0,30}\*\/){0,3}\[ ?(?:["'`/][^\]\n]{1,60}|\d{1,8}|[a-z]{1,8} ?\+ ?[a-z]{1,8})\] ?(?:\(|\[|`|\))/,
        /\(?\b(?:alert|confirm|prompt|eval)\)?\.(?:call|apply|bind) ?[(`]/,
        /\.(?:sort|map|call|apply|find|filter|some|every|foreach|constructor|from)(?:\.call)? ?(?:\( ?(?:alert|confirm|prompt|eval) ?\)|`[^`\n]{0,20}\$\{)/,
        /\[["'][^"'\]\n]{1,12}["'] ?\+ ?["'][^"'\]\n]{1,12}["']\] ?\(/,
        /\(alert\)\(/,
        /\bal\\u[0-9a-f]{4}/,
      ),
      why: 'Calls a function through an index, a reference or a tag, so that its name does not stand before a bracket.',
      source: EVASION,
    },
    {
      id: 'xss.script-steals-cookie',
      weight: 3,
      test: /\bdocument ?(?:\.|\[["']) ?cookie\b|\blocalstorage\b ?[.[][^\n]{0,60}(?:http|fetch|src)/,
      why: 'Reads the session cookie.',
      source: 'https://owasp.org/www-community/attacks/Session_hijacking_attack',
    },
    {
      id: 'xss.script-sends-away',
      weight: 3,
      test: anyOf(
        /(?:document|window|self|top|parent)? ?\.? ?location ?(?:\.href)? ?= ?["'`(]{0,2}(?:http|\/\/|javascript)/,
        /new image ?\(? ?\)?\.src ?=/,
        /\.src ?= ?["'`]{0,1}(?:https?:)?\/\/[^"'`\s]{1,100}["'`] ?\+/,
        /document\.write ?\( ?["'`]<(?:img|script|iframe)/,
      ),
      why: 'Sends the page or its data to another host.',
      source: EVASION,
    },
    {
      id: 'xss.script-without-letters',
      weight: 5,
      test: /[[\]()!+]{40}|(?:\[\]|\{\}|!\[\]|!!\[\]|\+\[\])[[\]()!+{}]{20}/,
      why: 'Code spelled only with brackets and operators, to pass a filter of words.',
      source: 'https://github.com/aemkei/jsfuck',
    },
    {
      id: 'xss.script-constructor-call',
      weight: 4,
      test: anyOf(
        /(?:constructor|__proto__|prototype)["'\]]{0,3} ?(?:\.|\[["']?) ?(?:constructor|call|apply|__defines?etter__)/,
        /\bconstructor ?\(["'`][^"'`]{0,200}["'`] ?\) ?\(/,
        /\b__define[gs]etter__ ?\(/,
      ),
      why: 'Reaches the Function constructor through an object to run text.',
      source:
        'https://portswigger.net/web-security/cross-site-scripting/contexts/client-side-template-injection',
    },
    {
      id: 'xss.script-entities-in-handler',
      weight: 3,
      view: 'raw',
      test: anyOf(
        /(?:&#x?[0-9a-f]{2,7};?){6}/,
        /(?:\\u00[0-9a-f]{2}){4}/,
        /(?:\\x[0-9a-f]{2}){6}/,
        /(?:%[46-7][0-9a-f]){6}/,
      ),
      why: 'Plain letters spelled as escapes: only hiding needs that.',
      source: EVASION,
    },
    {
      id: 'xss.script-polyglot',
      weight: 5,
      test: /(?:\*\/|\/\*|<!--|-->|\/\/)[^\n]{0,60}(?:\b(?:alert|prompt|confirm) ?[(`]|on[a-z]{4,12} ?=)[^\n]{0,60}(?:\/\*|\*\/|\/\/|<!--|-->)/,
      why: 'Comment marks of several languages around a call, so that it runs in whichever context it lands.',
      source: 'https://github.com/0xsobky/HackVault/wiki/Unleashing-an-Ultimate-XSS-Polyglot',
    },
  ],
};
