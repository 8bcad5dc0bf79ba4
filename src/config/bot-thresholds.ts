import type { BotThresholds, RateLimit } from './configuration.js';
import type { Settings } from './settings.js';

const MS_PER_MINUTE = 60_000;

/**
 * The thresholds of the bot rule. It sees only what the rate limits let through, so a threshold that is not
 * set follows them: what a caller may send in a moment is for the limits to say, and suspicious is to use
 * them up for minutes on end. A fixed number would never be reached under a tight limit, and would undo a
 * generous one.
 */
export function botThresholds(settings: Settings): BotThresholds {
  const { AUTH_RATE_LIMIT: auth, CHAT_RATE_LIMIT: chat } = settings;
  return {
    signInsPerAddress: settings.BOT_SIGN_INS_PER_ADDRESS ?? minutesOf(auth, 8, 40),
    signInsPerEmail: settings.BOT_SIGN_INS_PER_EMAIL ?? minutesOf(auth, 60, 300),
    repeatedMessages: settings.BOT_REPEATED_MESSAGES ?? minutesOf(chat, 2, 20),
    fastMessages: settings.BOT_FAST_MESSAGES ?? minutesOf(chat, 3, 30),
  };
}

function minutesOf({ limit, windowMs }: RateLimit, minutes: number, least: number): number {
  return Math.max(least, limit, Math.ceil((limit * minutes * MS_PER_MINUTE) / windowMs));
}
