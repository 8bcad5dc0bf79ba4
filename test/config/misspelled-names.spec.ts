import { findMisspelledNames } from '../../src/config/misspelled-names.js';
import { SETTING_NAMES } from '../../src/config/settings.js';

const meantBy = (name: string, others: Readonly<Record<string, string>> = {}): string | undefined =>
  findMisspelledNames({ ...others, [name]: 'x' }, SETTING_NAMES).get(name);

test.each([
  ['JWT_SECRET', 'JWT_SECRET_KEY'],
  ['CHAT_RATELIMIT', 'CHAT_RATE_LIMIT'],
  ['chat_rate_limit', 'CHAT_RATE_LIMIT'],
  ['AI_MODEL', 'AI_MODELS'],
  ['AI_TIMEOUT', 'AI_TIMEOUT_SECONDS'],
  ['NODE_EVN', 'NODE_ENV'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['DISCORD_TOKEN', 'DISCORD_BOT_TOKEN'],
  ['OPENAI_KEY', 'OPENAI_API_KEY'],
  ['DISCORD_CHANEL_IDS', 'DISCORD_CHANNEL_ID'],
  ['LOGLEVEL', 'LOG_LEVEL'],
])('%s was meant to be %s', (name, meant) => {
  expect(meantBy(name)).toBe(meant);
});

test.each([
  'HOME',
  'HOSTS',
  'HOSTNAME',
  'PORTS',
  'APP_PORT',
  'HTTP_PORT',
  'REDIS_HOST',
  'REDIS_PORT',
  'DATABASE',
  'DATABASE_HOST',
  'NODE_OPTIONS',
  'NODE_PATH',
  'XDG_DATA_DIRS',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'OPENAI_ORG_ID',
  'API_KEY',
  'SHUTDOWN',
  'SECRET_KEY',
  'npm_lifecycle_event',
])('%s belongs to somebody else', (name) => {
  expect(meantBy(name)).toBeUndefined();
});

test('a right name is never a misspelled one', () => {
  const environment = Object.fromEntries(SETTING_NAMES.map((name) => [name, 'x']));

  expect(findMisspelledNames(environment, SETTING_NAMES)).toStrictEqual(new Map());
  for (const name of SETTING_NAMES) {
    expect(meantBy(name)).toBeUndefined();
  }
});

test('a name is left alone when it has no value, or when the right one is there as well', () => {
  expect(findMisspelledNames({ JWT_SECRET: '', AI_MODEL: undefined }, SETTING_NAMES).size).toBe(0);
  expect(meantBy('DATABASE_URI', { DATABASE_URL: 'x' })).toBeUndefined();
});
