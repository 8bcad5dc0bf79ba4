import type { Match, RuleSet } from '../rule.js';

const GARAK = 'https://github.com/NVIDIA/garak';

const SINGLE_LETTERS = /(?:\b[a-z][ ._*|~-]{1,2}){5}/;
const SPELLED_OUT =
  /(?:ignore|disregard|forget|bypass|override)(?:all|any|the|your|of|my)*(?:previous|prior|above|earlier|preceding|system|safety)?(?:instruction|prompt|rule|direction|guideline|restriction|filter)|(?:reveal|print|show|repeat)(?:me|your|the)*(?:system|initial|hidden)(?:prompt|instruction)/;

const LEET: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
};
const LEET_WORDS = /(?:\b[a-z@$]{0,8}[013457@$][a-z@$][\w@$]{1,12}[^\w]{1,3}(?:\w{1,12} ){0,2}){2}/;

/** Letters set apart by spaces or marks, or replaced by digits, read as one word. */
function spelledOut(text: string): Match | undefined {
  const found = SINGLE_LETTERS.exec(text) ?? LEET_WORDS.exec(text);
  const letters = text.replace(/[013457@$]/g, (mark) => LEET[mark] ?? '').replace(/[^a-z]/g, '');
  if (!found || !SPELLED_OUT.test(letters)) return undefined;
  return { start: found.index, end: found.index + found[0].length };
}

const ENCODED_FIELD =
  /\b(?:encoded|base ?\d{2}|rot ?13|hex|ascii85|uu|braille|morse|quoted-printable|mime)[^:\n]{0,30}: ?[^\n]{8}/;
const DECODED_FIELD = /\b(?:decoded|plain ?text|translation|meaning)[^:\n]{0,20}: ?$/;
const FIELD_WINDOW = 60;

function decodingForm(text: string): Match | undefined {
  const tail = Math.max(0, text.length - FIELD_WINDOW);
  if (!DECODED_FIELD.test(text.slice(tail))) return undefined;
  const found = ENCODED_FIELD.exec(text);
  return found ? { start: found.index, end: found.index + found[0].length } : undefined;
}

/** Instructions written so that a filter cannot read them but a model can. */
export const PROMPT_ENCODED_RULES: RuleSet = {
  family: 'prompt',
  rules: [
    {
      id: 'prompt.encoded-command',
      weight: 5,
      test: /\b(?:decode|decrypt|decipher|unscramble|deobfuscate|base ?64|rot ?13|base ?32|hex(?:adecimal)?|morse|caesar|ascii|binary|reverse)\b[^.!?\n]{0,60}\b(?:and|then) (?:[a-z]{2,9} ){0,2}?(?:follow|execute|obey|do (?:what|as|it)|act on|carry out|comply|perform)\b/,
      why: 'Asks to decode a text and do what it says.',
      source: GARAK,
    },
    {
      id: 'prompt.encoded-completion',
      weight: 3,
      test: decodingForm,
      why: 'A form with an encoded field filled and a decoded one left for the model.',
      source: GARAK,
    },
    {
      id: 'prompt.encoded-sentence',
      weight: 2,
      view: 'hidden',
      test: /(?:[a-z',]{2,14} ){3}[a-z']{2,14}/,
      why: 'A sentence in base32, base64 or hexadecimal.',
      source: GARAK,
    },
    {
      id: 'prompt.encoded-parts',
      weight: 3,
      test: /\b(?:interlace|interleave|combine|concatenate|join|merge|using the following parts|put together)\b[^.!?\n]{0,60}\b(?:part (?:1|one|a)|parts|a, b|a and b|a\+b|variables?)\b/,
      why: 'Splits an instruction into parts that the model joins.',
      source: 'https://arxiv.org/abs/2302.05733',
    },
    {
      id: 'prompt.encoded-styled-call',
      weight: 5,
      view: 'raw',
      test: /[\u{1d400}-\u{1d7ff}]{3}[\u{1d400}-\u{1d7ff}]{0,30} ?\(/u,
      why: 'A function name in mathematical letters, to pass a filter of words.',
      source: 'https://www.unicode.org/reports/tr39/',
    },
    {
      id: 'prompt.encoded-invisible',
      weight: 3,
      view: 'raw',
      test: /(?: ?[a-z]{1,4}[\u200b\u200c\u2060-\u2064\u00ad\ufeff]){5}|[\u{e0020}-\u{e007e}]{12}/u,
      why: 'Invisible characters inside words or a hidden line of text.',
      source: GARAK,
    },
    {
      id: 'prompt.encoded-look-alikes',
      weight: 2,
      view: 'raw',
      test: /[a-z]{1,10}[\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458\u03bf\u03b1\u03b5\u03b9][a-z][^\n]{0,60}?[a-z][\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458\u03bf\u03b1\u03b5\u03b9][a-z]/,
      why: 'Cyrillic or Greek letters inside Latin words.',
      source: 'https://www.unicode.org/reports/tr39/',
    },
    {
      id: 'prompt.encoded-spelled-out',
      weight: 5,
      test: spelledOut,
      why: 'An instruction with its letters set apart.',
      source: GARAK,
    },
  ],
};
