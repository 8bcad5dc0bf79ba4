const LETTERS_BY_ENTITY: Readonly<Record<string, string>> = { colon: ':', tab: '', newline: '', amp: '&' };
const ENTITY = /&(?:amp;)*(?:#x0*([0-9a-f]{1,6})|#0*([0-9]{1,7})|([a-z]{2,8}));?/iy;
const PERCENT = /%([0-9a-f]{2})/iy;
const ESCAPED_PUNCTUATION = /\\([!-/:-@[-`{-~])/y;
/** Characters that hide a scheme from a reader while some browser or some program drops them. */
const IGNORED = /[\s\p{Cc}\p{Cf}]/u;
const UNSAFE = /(?:^|:)(?:javascript|vbscript|data):$/;
/** Longer than any chain of schemes that counts, as `view-source:javascript:`. */
const LONGEST_CHAIN = 60;

interface Unit {
  readonly character: string;
  readonly length: number;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function fromCode(digits: string, base: number): string {
  const code = parseInt(digits, base);
  return code < 0x110000 ? String.fromCodePoint(code) : '\ufffd';
}

/** One character of a destination as a renderer or a careless program would decode it. */
function decodeUnit(text: string, at: number): Unit {
  const entity = matchAt(ENTITY, text, at);
  if (entity) {
    const [whole, hex, decimal, named = ''] = entity;
    const length = whole.length;
    if (hex !== undefined) return { character: fromCode(hex, 16), length };
    if (decimal !== undefined) return { character: fromCode(decimal, 10), length };
    return { character: LETTERS_BY_ENTITY[named.toLowerCase()] ?? '\ufffd', length };
  }
  const percent = matchAt(PERCENT, text, at);
  if (percent?.[1] !== undefined) return { character: fromCode(percent[1], 16), length: 3 };
  const escaped = matchAt(ESCAPED_PUNCTUATION, text, at);
  if (escaped?.[1] !== undefined) return { character: escaped[1], length: 2 };
  return { character: text[at] ?? '', length: 1 };
}

/**
 * The end of an unsafe scheme (`javascript:`, `vbscript:`, `data:`, or a chain of schemes with one of them)
 * that begins at a position; undefined when there is none. Entities, percent and backslash escapes, letter
 * case and invisible characters are looked through.
 *
 * @param spaced whether raw spaces and tabs may stand in it, as between `<` and `>`
 */
export function unsafeSchemeEnd(text: string, start: number, spaced: boolean): number | undefined {
  let chain = '';
  for (let at = start; at < text.length && chain.length < LONGEST_CHAIN;) {
    const raw = text[at] ?? '';
    if (/[\n\r]/.test(raw) || (!spaced && /[ \t]/.test(raw))) return undefined;
    const { character, length } = decodeUnit(text, at);
    at += length;
    if (character === '' || IGNORED.test(character)) continue;
    if (!/[a-z0-9+.:-]/i.test(character)) return undefined;
    chain += character.toLowerCase();
    if (character === ':' && UNSAFE.test(chain)) return at;
  }
  return undefined;
}
