import { listOf } from '../formats/list.format.js';
import { wholeNumber } from '../formats/number.formats.js';
import { MIN_SECRET_BYTES, oneOf, secretKey, text } from '../formats/text.formats.js';
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
};
