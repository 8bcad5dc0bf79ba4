/** Tokens per character of scripts that tokenizers know best, know, and spell out. */
const ASCII = 1 / 4;
const ALPHABETS = 1 / 2;
const IDEOGRAPHS = 1 / 1.5;
/** What the envelope of a message costs. */
const MESSAGE_OVERHEAD = 4;

/** From here on stand the scripts of East Asia, and after them emoji. */
const FIRST_IDEOGRAPH = 0x2e80;

/**
 * About how many tokens a message costs. Every model counts differently, and a tokenizer costs tens of
 * megabytes, so this goes by the characters alone; docs/models.md tells how far off that is.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) {
      tokens += ASCII;
    } else {
      tokens += code < FIRST_IDEOGRAPH ? ALPHABETS : IDEOGRAPHS;
    }
  }
  return MESSAGE_OVERHEAD + Math.ceil(tokens);
}
