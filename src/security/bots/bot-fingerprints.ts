import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { BotPart } from './suspicions.js';

const KEY_BYTES = 32;
const PURPOSE = 'parley: bot rule';

/**
 * Names for what is counted, from which neither addresses nor texts can be had back without the key. The key
 * is derived (RFC 5869), so that an e-mail address has another name here than in the database; replicas that
 * share EMAIL_HASH_KEY share the names.
 */
export class BotFingerprints {
  private readonly hmacKey: KeyObject;

  constructor(emailHashKey: string) {
    const key = Buffer.from(hkdfSync('sha256', emailHashKey, '', PURPOSE, KEY_BYTES));
    // A key object is taken over once; a buffer would be with every name, which takes longer than the hash.
    this.hmacKey = createSecretKey(key);
  }

  /** The key of what `values` name together. */
  key(part: BotPart, ...values: string[]): string {
    const digest = createHmac('sha256', this.hmacKey)
      .update(JSON.stringify([part, ...values]))
      .digest('base64url')
      .slice(0, 22);
    return `parley:bot:${part}:${digest}`;
  }
}
