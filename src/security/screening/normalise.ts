import { decodeEntities, decodeEscapes, decodePercent, decodeTagCharacters, decodeUtf7 } from './decoders.js';
import { hiddenText } from './hidden-text.js';
import { foldLookAlikes, foldPunctuation } from './look-alikes.js';

/** The forms of one message the rules look at. All are lower case. */
export interface Views {
  /** As sent: for rules about the encoding itself. */
  readonly raw: string;
  /** Decoded, invisible characters gone, look-alikes folded, every run of white space one character. */
  readonly text: string;
  /** As `text`, with SQL comments resolved. */
  readonly sql: string;
  /** As `text`, with the quoting that a shell removes inside words taken away. */
  readonly shell: string;
  /** What the encoded parts of the message say, as `hiddenText` finds them; mostly empty. */
  readonly hidden: string;
}

export type ViewName = keyof Views;

/** Encodings nest (double URL encoding is common); deeper nesting than this no server undoes by accident. */
export const MAX_ROUNDS = 4;

const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\u0000]/g;
const CONTROLS = /[\u0001-\u0008\u000e-\u001f\u007f]/g;
const NOT_ASCII = /[^\x00-\x7f]/;
const ENCODED = /[%&\\]|ad[w4]-/i;

function decodeRounds(text: string): string {
  let current = text;
  for (let round = 0; round < MAX_ROUNDS && ENCODED.test(current); round += 1) {
    const next = decodeUtf7(decodeEscapes(decodeEntities(decodePercent(current))));
    if (next === current) break;
    current = next;
  }
  return current;
}

/** Compatibility forms and accents: `ｓ`, `𝗌` and `ś` all become `s`. */
function foldUnicode(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  const plain = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFKC');
  return foldPunctuation(foldLookAlikes(plain.toLowerCase()));
}

/** Afterwards white space never touches white space or an end, which keeps rules free of unbounded gaps. */
function reduceSpace(text: string): string {
  return text.replace(/\s+/g, (run) => (run.includes('\n') || run.includes('\r') ? '\n' : ' ')).trim();
}

/** A token such as `'+union+select+1` is URL form encoding, where a plus sign is a space. */
function resolvePlus(text: string): string {
  if (!text.includes('+')) return text;
  return text.replace(/\S+/g, (token) =>
    /\+[a-z]{2,10}\+/.test(token) ? token.replaceAll('+', ' ') : token,
  );
}

function sqlView(text: string): string {
  const plain = resolvePlus(text);
  if (!plain.includes('/*')) return plain;
  const resolved = plain
    .replace(/\/\*![0-9]{0,6}/g, ' ')
    .replace(/\/\*[^*]{0,200}\*\//g, ' ')
    .replace(/\*\/(?=[ a-z0-9('"@])/g, ' ');
  return reduceSpace(resolved);
}

function shellView(text: string): string {
  if (!/[$'"\\^{`+]/.test(text)) return text;
  const resolved = resolvePlus(text)
    .replace(/([;&|])\+|\+(?=[;&|])/g, '$1 ')
    .replace(/\\[nr](?![a-z]{3})/g, '\n')
    .replace(/\$\{?ifs\b[^a-z}\s]{0,8}\}?(?:\$[0-9])?/g, ' ')
    .replace(
      /\{([\w./-]{0,40}),([^{}\s]{1,200})\}/g,
      (_, first: string, rest: string) => `${first} ${rest.replaceAll(',', ' ')}`,
    )
    .replace(/([a-z])(?:''|""|\$[@*!0-9]|\$\{[a-z0-9@*]{0,10}\}|\$\(\)|``|\^)(?=[a-z])/g, '$1')
    .replace(/\\(?=[a-z])(?<![:%\w]\\)/g, '')
    .replace(/([a-z])\\(?=[a-z])/g, '$1')
    .replace(/(['"])([a-z]{1,12})\1(?=[a-z])/g, '$2')
    .replace(/([a-z])(['"])([a-z]{1,12})\2/g, '$1$3');
  return reduceSpace(resolved);
}

/** All forms of a message. Linear in its length. */
export function normalise(message: string): Views {
  const visible = decodeTagCharacters(message).replace(INVISIBLE, '');
  const decoded = decodeRounds(visible).replace(INVISIBLE, '').replace(CONTROLS, ' ');
  const text = reduceSpace(foldUnicode(decoded.toLowerCase()));
  return {
    raw: message.toLowerCase(),
    text,
    sql: sqlView(text),
    shell: shellView(text),
    hidden: hiddenText(message).toLowerCase(),
  };
}
