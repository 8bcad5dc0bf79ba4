import { randomInt } from 'node:crypto';

/** No word of any language begins like this, so hardly any text has to be held back to see how it goes on. */
const FIRST = 'q';
/** Without vowels, which could make a word, without letters that look alike, and without the first one. */
const OTHERS = 'bcdfghjkmnprstvwxz23456789';
const LENGTH = 12;

/**
 * A mark for the instructions, new with every start of the process, that no text holds by chance (52 bits):
 * a reply in which it appears is giving the instructions away. Its first character does not occur again in
 * it, which makes it easy to look for in a stream.
 */
export function newCanary(): string {
  const others = Array.from({ length: LENGTH - 1 }, () => OTHERS.charAt(randomInt(OTHERS.length)));
  return FIRST + others.join('');
}
