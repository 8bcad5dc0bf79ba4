import type { MessageContext } from '../context.js';
import type { Match } from '../rule.js';

const KNOWN_ATTRIBUTE =
  /[^\s(]\){1,4} ?\( ?[|&!]? ?\(?(?:objectclass|objectcategory|uid|uidnumber|cn|sn|ou|dc|dn|mail|memberof|member|samaccountname|userpassword|givenname|displayname|homedirectory|useraccountcontrol|userprincipalname|telephonenumber|title|description|department|admincount|pwdlastset|accountexpires|lastlogon|badpwdcount|employeeid|manager|name|password|user|group|role)(?::[\w.]{1,40}:?)? ?(?:=|~=|>=|<=|:=)/g;
const FULL_FILTER =
  /[\w*@.-]{0,40}\( ?[|&!] ?\( ?[|&!]? ?\(? ?[\w.;-]{1,40}(?::[\w.]{1,40}:?)? ?(?:=|~=|>=|<=|:=)[^()\n]{0,80}\)/y;
const PRESENCE = /\( ?(?:objectclass|objectcategory|uid|cn|sn|mail|userpassword|samaccountname) ?= ?\*\)/y;
const LOOK_BACK = 200;
const MAX_LOOKS = 20;

/** Whether the brackets that close at `at` were opened in the word before it: a whole filter, no way out of one. */
function isBalanced(text: string, at: number, end: number): boolean {
  const from = Math.max(0, at - LOOK_BACK, text.lastIndexOf(' ', at) + 1);
  let depth = 0;
  for (let place = from; place < end; place += 1) {
    if (text[place] === '(') depth += 1;
    if (text[place] === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return true;
}

/** Closes a filter that it did not open and goes on with an attribute of the directory. */
export function knownAttribute(text: string): Match | undefined {
  let looks = 0;
  for (const found of text.matchAll(KNOWN_ATTRIBUTE)) {
    const end = found.index + found[0].length;
    if (!isBalanced(text, found.index, end)) return { start: found.index, end };
    looks += 1;
    if (looks === MAX_LOOKS) return undefined;
  }
  return undefined;
}

/** A filter where a value was asked for; `the filter (&(a=b)(c=d))` speaks of one. */
export function fullFilter(text: string, context: MessageContext): Match | undefined {
  for (const start of context.segments) {
    for (const pattern of [FULL_FILTER, PRESENCE]) {
      pattern.lastIndex = start;
      if (pattern.test(text) && !context.isSpokenOf(start)) return { start, end: pattern.lastIndex };
    }
  }
  return undefined;
}
