import type { Format } from './format.js';

/** Anything, up to a length in UTF-16 code units. */
export function text(maxLength: number): Format<string> {
  return {
    accepts: `a text of at most ${maxLength} characters`,
    parse: (value) => (value.length <= maxLength ? value : undefined),
  };
}

/** A path on this machine; whether it leads anywhere is for its user to find out. */
export const path: Format<string> = { ...text(4_096), accepts: 'a path of at most 4096 characters' };

/** One of a few words, in whatever case. */
export function oneOf<const T extends string>(...words: readonly T[]): Format<T> {
  return {
    accepts: `one of ${words.join(', ')}`,
    parse: (value) => words.find((word) => word.toLowerCase() === value.toLowerCase()),
  };
}

const TRUE_WORDS = ['true', '1', 'yes', 'on'];
const FALSE_WORDS = ['false', '0', 'no', 'off'];

export const boolean: Format<boolean> = {
  accepts: 'true or false (also 1/0, yes/no, on/off)',
  parse: (value) => {
    const word = value.toLowerCase();
    return TRUE_WORDS.includes(word) || (FALSE_WORDS.includes(word) ? false : undefined);
  },
};

/** A key that travels in an HTTP header: a line break or a space in it could only be a slip. */
export const apiKey: Format<string> = {
  accepts: 'a key of printable ASCII characters without spaces',
  parse: (value) => (/^[\x21-\x7e]+$/.test(value) ? value : undefined),
};

/** The fewest bytes of a secret that HS256 can use to the full (RFC 7518, section 3.2). */
export const MIN_SECRET_BYTES = 32;

export const secretKey: Format<string> = {
  accepts: `at least ${MIN_SECRET_BYTES} random bytes, such as the output of "openssl rand -base64 48"`,
  parse: (value) => (Buffer.byteLength(value) >= MIN_SECRET_BYTES ? value : undefined),
};

/** The id of a Discord object: a number too large for JavaScript, so it stays a text. */
export const snowflake: Format<string> = {
  accepts: "a Discord id, which is a number of up to 20 digits (Discord's developer mode shows it)",
  parse: (value) => (/^\d{1,20}$/.test(value) ? value : undefined),
};

/** A sender's address, without a name and in the plain form every mail server takes. */
export const mailAddress: Format<string> = {
  accepts: 'a mail address without a name, such as no-reply@example.com',
  parse: (value) =>
    /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(value) &&
    value.length <= 254
      ? value
      : undefined,
};
