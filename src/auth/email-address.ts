import { createHmac } from 'node:crypto';

/** RFC 5321 section 4.5.3.1: a path is at most 256 octets including its angle brackets. */
export const MAX_EMAIL_LENGTH = 254;

/**
 * One spelling per mailbox as people understand it: surrounding white space, letter case and Unicode
 * composition do not make another address.
 */
export function normaliseEmail(address: string): string {
  return address.trim().normalize('NFC').toLowerCase();
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
