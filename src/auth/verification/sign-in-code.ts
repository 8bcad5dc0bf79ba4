import { createHmac, randomBytes, randomInt } from 'node:crypto';

/**
 * Eight digits: they can be typed on any keyboard, and phones offer their number pad. Five tries for each of five
 * codes in ten minutes are 3,600 tries a day against one address, whose chance of a hit is 0.004 %. With six digits
 * it would be 0.4 %, and a search over many addresses would soon find one.
 */
const CODE_DIGITS = 8;

export const TRIES_PER_CODE = 5;
/** Also the time in which an address is sent at most {@link MAX_LIVE_CODES}. */
export const CODE_LIFETIME_SECONDS = 600;
export const MAX_LIVE_CODES = 5;

export function newSignInCode(): string {
  return String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
}

/** Names the code in the database, in the job that mails it and in the mail itself; tells nothing about it. */
export function newCodeId(): string {
  return randomBytes(16).toString('base64url');
}

/** Bound to the address: a code for one is of no use for another. Keyed: a stolen table cannot be searched. */
export function hashCode(code: string, emailHash: string, key: Buffer): string {
  return createHmac('sha256', key)
    .update(`${emailHash}:${code.replace(/[\s-]/g, '')}`)
    .digest('hex');
}
