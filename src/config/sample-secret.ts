import { MIN_SECRET_BYTES } from './formats/text.formats.js';

/** What people write where a secret should be put later. */
const PLACEHOLDERS =
  /change(me|this|it|in)|replace(me|this|with)|your(very|super|jwt|own)*(secret|key)|^(my|a|the|top|super)*secret(key)*$/;

const MIN_DISTINCT_CHARACTERS = 8;

/**
 * Whether a secret is one that somebody else may know or guess: too short, a placeholder, or repetitive. It
 * cannot prove a secret good; it only catches the values that are known to reach production by mistake.
 */
export function isSampleSecret(secret: string): boolean {
  return (
    Buffer.byteLength(secret) < MIN_SECRET_BYTES ||
    PLACEHOLDERS.test(secret.toLowerCase().replace(/[^a-z]/g, '')) ||
    new Set(secret).size < MIN_DISTINCT_CHARACTERS ||
    repeatsItself(secret)
  );
}

function repeatsItself(secret: string): boolean {
  for (let period = 1; period <= secret.length / 2; period++) {
    if (secret.slice(period) === secret.slice(0, -period)) {
      return true;
    }
  }
  return false;
}
