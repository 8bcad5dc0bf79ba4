import { isIP } from 'node:net';
import type { Format } from './format.js';
import { listOf } from './list.format.js';

export const WEBHOOK_SECRET_PREFIX = 'whsec_';
/** A right secret that everybody can read in .env.example. */
export const SAMPLE_WEBHOOK_KEY = 'cmVwbGFjZSB0aGlzIHdpdGggMzIgcmFuZG9tIG9uZXM=';
/** Bytes of a secret, as the Standard Webhooks specification has them. */
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** A signing secret of the Standard Webhooks specification; the value is the key itself, in base64. */
export const webhookSecret: Format<string> = {
  accepts: `a secret of the form ${WEBHOOK_SECRET_PREFIX}…, with ${MIN_BYTES} to ${MAX_BYTES} random bytes in base64, such as the output of "openssl rand -base64 32"`,
  parse: (text) => {
    const encoded = text.startsWith(WEBHOOK_SECRET_PREFIX) ? text.slice(WEBHOOK_SECRET_PREFIX.length) : '';
    const key = Buffer.from(encoded, 'base64');
    const isBase64 = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
    return isBase64 && key.length >= MIN_BYTES && key.length <= MAX_BYTES ? encoded : undefined;
  },
};

/** Only encrypted, except to this very machine. The address itself may be what keeps others from calling it. */
const webhookUrl: Format<string> = {
  accepts: 'an https:// address',
  mayHoldPassword: true,
  parse: (text) => {
    const url = URL.parse(text);
    const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    return isAllowed && url.username === '' && url.password === '' && url.hash === '' ? url.href : undefined;
  },
};

export const webhookUrls = listOf(
  webhookUrl,
  'a comma-separated list of https:// addresses without a user name (http:// only to this machine, such as http://127.0.0.1:8080/hook)',
);

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
  );
}
