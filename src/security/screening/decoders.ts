/** One-step decoders. Each undoes a single layer; the bounded loop that repeats them is in normalise.ts. */

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&', apos: "'", bsol: '\\', colon: ':', copy: '©', comma: ',', commat: '@', dollar: '$', equals: '=', excl: '!',
  grave: '`', gt: '>', lbrace: '{', lcub: '{', lpar: '(', lsqb: '[', lt: '<', mdash: '—', nbsp: ' ', ndash: '–', newline: '\n',
  num: '#', percnt: '%', period: '.', plus: '+', quot: '"', rbrace: '}', rcub: '}', rpar: ')', reg: '®', rsqb: ']',
  semi: ';', sol: '/', tab: '\t', verbar: '|',
}; // prettier-ignore

const UTF7: Readonly<Record<string, string>> = {
  adw: '<',
  ad4: '>',
  aci: '"',
  acc: "'",
  aca: ' ',
  aci7: '"',
};

const MAX_CODE_POINT = 0x10ffff;
const LONGEST_SEQUENCE = 4;

function fromCode(code: number, fallback: string): string {
  return Number.isFinite(code) && code <= MAX_CODE_POINT ? String.fromCodePoint(code) : fallback;
}

/** Length of a UTF-8 sequence by its first byte; 1 for anything that cannot start one. */
function sequenceLength(lead: number): number {
  if (lead >= 0xf0 && lead <= 0xf7) return LONGEST_SEQUENCE;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xc0 && lead <= 0xdf ? 2 : 1;
}

/**
 * UTF-8 as a careless server reads it: over-long forms are accepted, and after C0 or C1 (never valid) any
 * byte counts as a continuation, since that is what lets `%c0%af` or `%c0%2f` pass for a slash.
 */
function decodeBytes(bytes: number[]): string {
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    const rest = bytes.slice(at + 1, at + length);
    const lenient = lead === 0xc0 || lead === 0xc1;
    const whole = rest.length === length - 1 && (lenient || rest.every((byte) => (byte & 0xc0) === 0x80));
    if (length === 1 || !whole) {
      out += String.fromCharCode(lead);
      at += 1;
      continue;
    }
    const first = length === 2 ? lead & 0x1f : length === 3 ? lead & 0x0f : lead & 0x07;
    out += fromCode(
      rest.reduce((code, byte) => (code << 6) | (byte & 0x3f), first),
      '',
    );
    at += length;
  }
  return out;
}

/** `%41`, `%u0041`, and `0x2f` or `0x5c` used as a separator between dots. */
export function decodePercent(text: string): string {
  return text
    .replace(/%u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      const bytes = run.slice(1).split('%');
      return decodeBytes(bytes.map((hex) => Number.parseInt(hex, 16)));
    });
}

/** `&lt;`, `&#60;`, `&#x3c;`, with or without the semicolon as browsers accept them. */
export function decodeEntities(text: string): string {
  return text
    .replace(/&#x0{0,12}([0-9a-f]{1,6});?/gi, (all, hex: string) => fromCode(Number.parseInt(hex, 16), all))
    .replace(/&#0{0,12}([0-9]{1,7});?/g, (all, digits: string) => fromCode(Number.parseInt(digits, 10), all))
    .replace(/&([a-z]{2,8});/gi, (all, name: string) => ENTITIES[name.toLowerCase()] ?? all);
}

/** `\x3c`, `\u003c`, `\u{3c}` of programming languages and the zero-padded `\00003c` of style sheets. */
export function decodeEscapes(text: string): string {
  return text
    .replace(/\\{1,2}x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\{1,2}u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\u\{0{0,6}([0-9a-f]{1,6})\}/gi, (all, hex: string) => fromCode(Number.parseInt(hex, 16), all))
    .replace(/\\0(?![0-9a-f])/gi, '')
    .replace(/\\0{1,6}([2-7][0-9a-f]) ?/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

/** The UTF-7 forms of markup characters, also with the plus sign already read as a space. */
export function decodeUtf7(text: string): string {
  return text.replace(/[+ ]?\b(ad[w4]|ac[ica])-/gi, (all, name: string) => UTF7[name.toLowerCase()] ?? all);
}

/** ASCII hidden in the tag block, which renders as nothing: U+E0041 stands for `A`. */
export function decodeTagCharacters(text: string): string {
  return text.replace(/[\u{e0020}-\u{e007e}]/gu, (tag) =>
    String.fromCharCode((tag.codePointAt(0) ?? 0) - 0xe0000),
  );
}

function printable(bytes: number[]): string | undefined {
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  const plain = /^[\x09\x0a\x0d\x20-\x7e]+$/.test(text);
  return plain && /[a-z]/i.test(text) ? text : undefined;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

function base32Bytes(token: string): number[] {
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const letter of token.toLowerCase().replace(/={1,6}$/, '')) {
    buffer = ((buffer << 5) | BASE32.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  return bytes;
}

/** What a long token means in hexadecimal, base32 or base64, if that is plain ASCII text; else undefined. */
export function decodeToken(token: string): string | undefined {
  const bare = token.replace(/^0x/i, '');
  if (/^(?:[0-9a-f]{2})+$/i.test(bare))
    return printable([...Buffer.from(bare, 'hex')].filter((byte) => byte > 0));
  if (/^[a-z2-7]+=*$/.test(token) || /^[A-Z2-7]+=*$/.test(token)) {
    const text = printable(base32Bytes(token));
    if (text !== undefined) return text;
  }
  return /^[\w+/-]+=*$/.test(token) ? printable([...Buffer.from(token, 'base64')]) : undefined;
}
