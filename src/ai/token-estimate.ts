/** Tokens per character of ASCII, and per character from the first one of some scripts on. */
const ASCII = 1 / 4;
const OTHERS: readonly (readonly [first: number, tokens: number])[] = [
  // East Asia, and emoji behind it.
  [0x2e80, 1],
  // South Asia.
  [0x0900, 2 / 3],
  // The alphabets of Europe and the Near East.
  [0x0080, 1 / 2],
  [0, ASCII],
];
/** What the envelope of a message costs. */
const MESSAGE_OVERHEAD = 4;

/**
 * About how many tokens a message costs. Every model counts differently, and a tokenizer costs tens of
 * megabytes, so this goes by the characters alone; docs/models.md tells how far off that is.
 */
export function estimateTokens(text: string): number {
  return MESSAGE_OVERHEAD + Math.ceil(isAscii(text) ? text.length * ASCII : sumOverCharacters(text));
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function sumOverCharacters(text: string): number {
  let tokens = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    tokens += OTHERS.find(([first]) => code >= first)?.[1] ?? 0;
  }
  return tokens;
}
