import { createHmac } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { isEmail } from 'class-validator';

/** RFC 5321 section 4.5.3.1, in octets; a path is at most 256 including its angle brackets. */
export const MAX_EMAIL_LENGTH = 254;
const MAX_LOCAL_PART_LENGTH = 64;
const MAX_DOMAIN_LENGTH = 255;

/** Control characters and whatever else cannot be seen: zero widths, direction marks, separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const PLAIN_ASCII = /^[ -~]*$/;
/** A quoted local part may hold spaces, commas and further @, which mail software reads in several ways. */
const WITHOUT_QUOTES = { blacklisted_chars: '"\\\\' };

/**
 * One spelling per mailbox as people understand it: surrounding white space, letter case and Unicode
 * composition do not make another address, and neither does writing an international domain in ASCII (RFC 5891).
 */
export function normaliseEmail(address: string): string {
  // Lower case may decompose what was composed.
  const folded = address.trim().normalize('NFC').toLowerCase().normalize('NFC');
  const { localPart, domain } = split(folded);
  return `${localPart}@${PLAIN_ASCII.test(domain) ? domain : domainToASCII(domain)}`;
}

/** Whether this is an e-mail address that mail can be sent to, of the lengths that RFC 5321 allows. */
export function isEmailAddress(address: string): boolean {
  // The library percent-encodes the address to measure it, and throws on a lone surrogate.
  if (!address.isWellFormed() || address.length > MAX_EMAIL_LENGTH || UNSEEN.test(address)) {
    return false;
  }
  const normalised = normaliseEmail(address);
  const { localPart, domain } = split(normalised);
  return (
    Buffer.byteLength(normalised) <= MAX_EMAIL_LENGTH &&
    Buffer.byteLength(localPart) <= MAX_LOCAL_PART_LENGTH &&
    Buffer.byteLength(domain) <= MAX_DOMAIN_LENGTH &&
    // As written as well: the ASCII form of a domain forgives what nobody would write, such as %41.
    isEmail(address, WITHOUT_QUOTES) &&
    isEmail(normalised, WITHOUT_QUOTES)
  );
}

/** Keyed, so that a stolen table cannot be searched for known addresses without the key as well. */
export function hashEmail(address: string, key: string): string {
  return createHmac('sha256', key)
    .update(`email:${normaliseEmail(address)}`)
    .digest('hex');
}

/** A fingerprint of the browser: tells two browsers apart without keeping what they sent. */
export function hashBrowser(userAgent: string | undefined, key: string): string {
  return createHmac('sha256', key)
    .update(`browser:${userAgent ?? ''}`)
    .digest('hex');
}

function split(address: string): { localPart: string; domain: string } {
  const at = address.lastIndexOf('@');
  return { localPart: address.slice(0, at), domain: address.slice(at + 1) };
}
