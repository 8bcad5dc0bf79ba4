import { wholeNumber } from '../formats/number.formats.js';
import { rateLimit } from '../formats/rate-limit.format.js';
import { boolean, oneOf } from '../formats/text.formats.js';
import { setting } from '../setting.js';

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
    about: 'Whether callers that look like scripts are refused.',
    default: 'true',
  }),
  MIN_USER_AGENT_LENGTH: setting(wholeNumber(0, 1_000), {
    about: 'The fewest characters of a User-Agent header that does not look like a script.',
    default: '10',
  }),
  SCREENING_MODE: setting(oneOf('block', 'monitor', 'off'), {
    about: 'Whether hostile messages are blocked, only reported, or not looked for.',
    default: 'block',
  }),
};
