import { randomBytes } from 'node:crypto';

/**
 * A new message id: 48 bits of milliseconds, then 80 random bits, as 22 URL-safe characters.
 *
 * The leading time keeps new rows next to each other in the primary key's index; the random part makes
 * ids unguessable, although access never hangs on that: every query is scoped to the session.
 */
export function newMessageId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  return bytes.toString('base64url');
}

/** A new session id: 192 random bits as 32 URL-safe characters. */
export function newSessionId(): string {
  return randomBytes(24).toString('base64url');
}

/** The shape of session ids; anything else names no session. */
export const SESSION_ID = /^[A-Za-z0-9_-]{32}$/;

/** A new request id: 128 random bits as 22 URL-safe characters. */
export function newRequestId(): string {
  return randomBytes(16).toString('base64url');
}
