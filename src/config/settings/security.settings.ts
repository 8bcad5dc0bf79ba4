import { wholeNumber } from '../formats/number.formats.js';
import { rateLimit } from '../formats/rate-limit.format.js';
import { boolean, oneOf } from '../formats/text.formats.js';
import { optionalSetting, setting } from '../setting.js';

const botThreshold = wholeNumber(0, 1_000_000);

export const SECURITY_SETTINGS = {
  RATE_LIMITING_ENABLED: setting(boolean, {
    about: 'Whether requests are counted and refused beyond the limits.',
    default: 'true',
  }),
  CHAT_RATE_LIMIT: setting(rateLimit, {
    about: 'How many chat messages one session, and all sessions behind one address, may send.',
    default: '10/minute',
  }),
  AUTH_RATE_LIMIT: setting(rateLimit, {
    about: 'How many sign-ins one address may ask for.',
    default: '5/minute',
  }),
  BOT_DETECTION_ENABLED: setting(boolean, {
    about: 'Whether callers that look or behave like scripts are refused.',
    default: 'true',
  }),
  MIN_USER_AGENT_LENGTH: setting(wholeNumber(0, 1_000), {
    about: 'The fewest characters of the User-Agent header of a sign-in; 0 asks for none.',
    default: '10',
  }),
  BOT_SIGN_INS_PER_ADDRESS: optionalSetting(botThreshold, {
    about:
      'How many sign-ins from one address in about ten minutes are not suspicious yet; 0 turns this part off.',
    unset: 'eight minutes of AUTH_RATE_LIMIT, at least one window of it and at least 40',
    example: '40',
  }),
  BOT_SIGN_INS_PER_EMAIL: optionalSetting(botThreshold, {
    about:
      'How many sign-ins with one e-mail address in about ten minutes are not suspicious yet; 0 turns this part off.',
    unset: 'an hour of AUTH_RATE_LIMIT, at least one window of it and at least 300',
    example: '300',
  }),
  BOT_REPEATED_MESSAGES: optionalSetting(botThreshold, {
    about:
      'How many sessions behind one address may send the same text in about ten minutes; 0 turns this part off.',
    unset: 'two minutes of CHAT_RATE_LIMIT, at least one window of it and at least 20',
    example: '20',
  }),
  BOT_FAST_MESSAGES: optionalSetting(botThreshold, {
    about:
      'How many messages of one session in about ten minutes may follow faster or more evenly than people type; 0 turns this part off.',
    unset: 'three minutes of CHAT_RATE_LIMIT, at least one window of it and at least 30',
    example: '30',
  }),
  SCREENING_MODE: setting(oneOf('block', 'monitor', 'off'), {
    about: 'Whether hostile messages are blocked, only reported, or not looked for.',
    default: 'block',
  }),
};
