import { listOf } from '../formats/list.format.js';
import { wholeNumber } from '../formats/number.formats.js';
import { boolean, MIN_SECRET_BYTES, oneOf, secretKey, text } from '../formats/text.formats.js';
import { optionalSetting, setting } from '../setting.js';

const UNSET_SECRET = 'refused in production; elsewhere made at random and kept in DATA_DIR';

export const AUTH_SETTINGS = {
  JWT_SECRET_KEY: optionalSetting(secretKey, {
    about: 'The secret that signs access tokens.',
    unset: UNSET_SECRET,
    example: 'replace-me-with-the-output-of-openssl-rand-base64-48',
    secret: true,
  }),
  JWT_PREVIOUS_SECRET_KEYS: optionalSetting(
    listOf(secretKey, `a comma-separated list of secrets of at least ${MIN_SECRET_BYTES} bytes each`),
    {
      about:
        'Former values of JWT_SECRET_KEY whose tokens are still accepted, for a change without sign-outs.',
      unset: 'none',
      example: 'replace-me-with-the-secret-that-was-in-use-before',
      secret: true,
    },
  ),
  JWT_ALGORITHM: setting(oneOf('HS256', 'HS384', 'HS512'), {
    about: 'How access tokens are signed.',
    default: 'HS256',
  }),
  JWT_EXPIRE_HOURS: setting(wholeNumber(1, 8_760), {
    about: 'How long a session and its access token live.',
    default: '24',
  }),
  EMAIL_HASH_KEY: optionalSetting(
    { ...text(4096), accepts: `a secret, in production of at least ${MIN_SECRET_BYTES} bytes` },
    {
      about: 'The secret with which e-mail addresses are hashed; a new one makes every visitor a stranger.',
      unset: UNSET_SECRET,
      example: 'replace-me-with-another-output-of-openssl-rand-base64-48',
      secret: true,
    },
  ),
  AUTH_EMAIL_VERIFICATION: setting(oneOf('off', 'code'), {
    about: 'Whether a visitor must type in a code that is mailed to the address.',
    default: 'off',
  }),
  SESSION_BROWSER_BINDING: setting(boolean, {
    about: 'Whether a token issued to a browser is refused when another browser sends it.',
    default: 'true',
  }),
  MAX_SESSIONS_PER_EMAIL: optionalSetting(wholeNumber(1, 10_000), {
    about: 'How many sessions of one address may be live; signing in once more ends the oldest.',
    unset: '10 where addresses are verified, else any number',
    example: '10',
  }),
  // Reads are noted to the minute, so an idle time of one would sign out a visitor who is reading.
  SESSION_IDLE_TIMEOUT_MINUTES: optionalSetting(wholeNumber(2, 525_600), {
    about: 'After how long without use a session ends.',
    unset: 'not before it expires',
    example: '120',
  }),
};
