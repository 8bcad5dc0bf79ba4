import { decodeToken } from './decoders.js';

const TOKEN = /[a-z0-9+/_-]{20,}={0,6}/gi;
const SPACED_HEX = /(?:\b[0-9a-f]{2} ){7,}[0-9a-f]{2}\b/gi;
const MAX_TOKENS = 8;
const WINDOW = 600;
const ROT13_OF_ATTACK_WORDS = /\b(?:vtaber|qvfertneq|sbetrg|biree?vqr|olcnff|vafgehpgvbaf?|cebzcg|flfgrz)\b/i;
const REVERSED_ATTACK_WORDS = /\b(?:erongi|dragersid|tegrof|snoitcurtsni|tpmorp)\b/i;

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

/** The text around the first match: enough for an instruction, and a bound on what is screened twice. */
function around(message: string, pattern: RegExp): string | undefined {
  const found = pattern.exec(message);
  return found ? message.slice(Math.max(0, found.index - WINDOW), found.index + WINDOW) : undefined;
}

/**
 * The plain text in a message's encoded parts (base64, base32, hexadecimal, ROT13, written backwards), one
 * part a line; empty when there is none. It is screened like a message of its own, since a model decodes it.
 */
export function hiddenText(message: string): string {
  const found: string[] = [];
  for (const [token] of message.matchAll(TOKEN)) {
    if (found.length === MAX_TOKENS) break;
    const text = decodeToken(token);
    if (text !== undefined) found.push(text);
  }
  for (const [run] of message.matchAll(SPACED_HEX)) {
    if (found.length === MAX_TOKENS) break;
    const text = decodeToken(run.replaceAll(' ', ''));
    if (text !== undefined) found.push(text);
  }
  const rotated = around(message, ROT13_OF_ATTACK_WORDS);
  if (rotated !== undefined) found.push(rot13(rotated));
  const reversed = around(message, REVERSED_ATTACK_WORDS);
  if (reversed !== undefined) found.push(Array.from(reversed).reverse().join(''));
  return found.join('\n');
}
