/** A shorter text, such as a greeting, many people send. */
const SHORTEST_TELLING_MESSAGE = 20;
/** RFC 5321; a longer one is refused anyway. */
const LONGEST_EMAIL = 254;

/** The e-mail address of a sign-in that has not been validated, one spelling per mailbox. */
export function foldedEmail(body: unknown): string | undefined {
  const email = fieldOf(body, 'email');
  return email === undefined || email.length > LONGEST_EMAIL
    ? undefined
    : email.trim().normalize('NFC').toLowerCase();
}

/**
 * The text of a message that has not been validated, without what a script varies most easily: letter case
 * and white space. Undefined for what says nothing: no text, too short a text, or one too long to be
 * accepted.
 *
 * @param maxLength In code points, each one or two characters here.
 */
export function foldedMessage(body: unknown, maxLength: number): string | undefined {
  const message = fieldOf(body, 'message');
  if (message === undefined || message.length > maxLength * 2) {
    return undefined;
  }
  const folded = message.trim().replace(/\s+/g, ' ').toLowerCase();
  return folded.length < SHORTEST_TELLING_MESSAGE ? undefined : folded;
}

function fieldOf(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) {
    return undefined;
  }
  const value: unknown = (body as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}
