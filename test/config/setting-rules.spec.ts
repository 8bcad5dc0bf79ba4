import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { type ConfigurationError } from '../../src/config/configuration-error.js';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { SETTINGS } from '../../src/config/settings.js';

type Environment = Readonly<Record<string, string | undefined>>;

const newSecret = (): string => randomBytes(32).toString('base64url');
const SECRETS = { JWT_SECRET_KEY: newSecret(), EMAIL_HASH_KEY: newSecret() };

/** The faults as `name problem`; none when the configuration is right. */
function faultsOf(environment: Environment): string[] {
  try {
    loadConfiguration({ ...SECRETS, ...environment }, tmpdir());
    return [];
  } catch (error) {
    return (error as ConfigurationError).faults.map(({ name, problem }) => `${name} ${problem}`);
  }
}

describe('in production', () => {
  const faultsInProduction = (environment: Environment): string[] =>
    faultsOf({ NODE_ENV: 'production', ...environment });
  const remedy = 'production needs at least 32 random bytes, such as the output of "openssl rand -base64 48"';

  test('random secrets are accepted in every usual notation', () => {
    expect(faultsInProduction({})).toStrictEqual([]);
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      const JWT_SECRET_KEY = randomBytes(48).toString(encoding);
      expect(faultsInProduction({ JWT_SECRET_KEY })).toStrictEqual([]);
    }
  });

  test('missing secrets are refused together', () => {
    expect(faultsInProduction({ JWT_SECRET_KEY: '', EMAIL_HASH_KEY: undefined })).toStrictEqual([
      `JWT_SECRET_KEY is not set; ${remedy}`,
      `EMAIL_HASH_KEY is not set; ${remedy}`,
    ]);
  });

  test.each([
    ['the sample of .env.example', SETTINGS.JWT_SECRET_KEY.documentation.sample],
    ['the other sample of .env.example', SETTINGS.EMAIL_HASH_KEY.documentation.sample],
    ['a placeholder', 'your-super-secret-jwt-key-change-this-in-production'],
    ['a placeholder in capitals', 'PLEASE_CHANGE_ME_0123456789_abcdefghijkl'],
    ['a lengthened word', 'secret-0123456789-0123-4567-8901-23456789'],
    ['changeme, repeated', 'changeme'.repeat(4)],
    ['one character, repeated', 'x'.repeat(64)],
    ['a pattern, repeated', '0123456789abcdef'.repeat(3).slice(0, 40)],
    ['a few characters only', 'aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccd'],
  ])('%s is refused as a secret', (_case, sample) => {
    expect(faultsInProduction({ JWT_SECRET_KEY: sample })).toStrictEqual([
      `JWT_SECRET_KEY is a sample or easy to guess; ${remedy}`,
    ]);
    expect(faultsInProduction({ EMAIL_HASH_KEY: sample })).toStrictEqual([
      `EMAIL_HASH_KEY is a sample or easy to guess; ${remedy}`,
    ]);
    expect(faultsInProduction({ JWT_PREVIOUS_SECRET_KEYS: `${newSecret()},${sample}` })).toStrictEqual([
      'JWT_PREVIOUS_SECRET_KEYS holds a secret that is a sample or easy to guess; production must not accept it, so take it out',
    ]);
  });

  test.each(['changeme', 'secret', newSecret().slice(0, 31)])('%s is refused as too short', (secret) => {
    expect(faultsInProduction({ EMAIL_HASH_KEY: secret })).toHaveLength(1);
    expect(faultsInProduction({ JWT_SECRET_KEY: secret })).toHaveLength(1);
  });

  test('one secret for two purposes is refused', () => {
    expect(faultsInProduction({ EMAIL_HASH_KEY: SECRETS.JWT_SECRET_KEY })).toStrictEqual([
      'EMAIL_HASH_KEY is the same as JWT_SECRET_KEY; each needs a secret of its own',
    ]);
  });

  test('a secret that is too short is not called missing as well', () => {
    expect(faultsInProduction({ JWT_SECRET_KEY: 'short' })).toStrictEqual([
      'JWT_SECRET_KEY must be at least 32 random bytes, such as the output of "openssl rand -base64 48"',
    ]);
  });
});

test('outside production samples do, but a JWT secret is never short', () => {
  const sample = 'changeme'.repeat(4);

  expect(faultsOf({ JWT_SECRET_KEY: sample, EMAIL_HASH_KEY: sample })).toStrictEqual([]);
  expect(faultsOf({ JWT_PREVIOUS_SECRET_KEYS: sample, EMAIL_HASH_KEY: 'short' })).toStrictEqual([]);
  expect(faultsOf({ JWT_SECRET_KEY: 'short', NODE_ENV: 'test' })).toHaveLength(1);
  expect(faultsOf({ JWT_PREVIOUS_SECRET_KEYS: `${sample},short` })).toStrictEqual([
    'JWT_PREVIOUS_SECRET_KEYS must be a comma-separated list of secrets of at least 32 bytes each',
  ]);
});

test('an unknown environment is a fault, not a development machine', () => {
  expect(faultsOf({ NODE_ENV: 'prod', JWT_SECRET_KEY: undefined })).toStrictEqual([
    'NODE_ENV must be one of development, test, production, but is "prod"',
  ]);
});

describe('a model', () => {
  test.each([
    ['google:gemini-x', 'GOOGLE_API_KEY', 'key'],
    ['openai:gpt-x', 'OPENAI_API_KEY', 'key'],
    ['anthropic:claude-x', 'ANTHROPIC_API_KEY', 'key'],
    ['compatible:llama3:8b', 'COMPATIBLE_BASE_URL', 'http://localhost:11434/v1'],
  ])('%s needs %s', (model, name, value) => {
    expect(faultsOf({ AI_MODELS: `offline,${model}` })).toStrictEqual([
      `${name} is not set, but AI_MODELS names ${model}; set it, or take that model out`,
    ]);
    expect(faultsOf({ AI_MODELS: model, [name]: value })).toStrictEqual([]);
  });

  test('with a wrong key has one fault', () => {
    expect(faultsOf({ AI_MODELS: 'openai:gpt-x', OPENAI_API_KEY: 'a b' })).toStrictEqual([
      'OPENAI_API_KEY must be a key of printable ASCII characters without spaces',
    ]);
  });
});

describe('the lease of a turn', () => {
  test.each([
    ['30', []],
    ['29', []],
    ['31', ['TURN_LEASE_SECONDS must be more than AI_TIMEOUT_SECONDS (31), but is 31']],
    ['600', ['TURN_LEASE_SECONDS must be more than AI_TIMEOUT_SECONDS (600), but is 31']],
    ['0', ['AI_TIMEOUT_SECONDS must be a whole number from 1 to 600, but is "0"']],
  ])('of 31 seconds with a time-out of %s', (AI_TIMEOUT_SECONDS, expected) => {
    expect(faultsOf({ TURN_LEASE_SECONDS: '31', AI_TIMEOUT_SECONDS })).toStrictEqual(expected);
  });
});

describe('Discord', () => {
  test('needs a bot token and a channel once it is enabled', () => {
    const complete = { DISCORD_BOT_TOKEN: 'token', DISCORD_CHANNEL_ID: '123456789012345678' };

    expect(faultsOf({ DISCORD_ENABLED: 'true', ...complete })).toStrictEqual([]);
    expect(faultsOf({ DISCORD_ENABLED: 'true', ...complete, DISCORD_CHANNEL_ID: '' })).toStrictEqual([
      'DISCORD_CHANNEL_ID is not set, but DISCORD_ENABLED is true; set it, or set DISCORD_ENABLED to false',
    ]);
    expect(faultsOf({ DISCORD_ENABLED: 'false', DISCORD_CHANNEL_ID: 'general' })).toHaveLength(1);
  });
});

describe('webhooks', () => {
  const secretOf = (bytes: number): string => `whsec_${randomBytes(bytes).toString('base64')}`;
  const WEBHOOK_URLS = 'https://hooks.example.com/a?b=c, http://127.0.0.1:8080/hook';

  test('need a secret, and addresses that are encrypted or on this machine', () => {
    expect(faultsOf({ WEBHOOK_URLS, WEBHOOK_SECRET: secretOf(24) })).toStrictEqual([]);
    expect(faultsOf({ WEBHOOK_URLS, WEBHOOK_SECRET: secretOf(64).replace(/=+$/, '') })).toStrictEqual([]);
    expect(faultsOf({ WEBHOOK_URLS })).toStrictEqual([
      'WEBHOOK_SECRET is not set, but WEBHOOK_URLS is; set it, or take WEBHOOK_URLS out',
    ]);
  });

  test('are not signed with the sample in production', () => {
    const WEBHOOK_SECRET = SETTINGS.WEBHOOK_SECRET.documentation.sample;
    expect(faultsOf({ WEBHOOK_URLS, WEBHOOK_SECRET })).toStrictEqual([]);
    expect(faultsOf({ NODE_ENV: 'production', WEBHOOK_URLS, WEBHOOK_SECRET })).toStrictEqual([
      expect.stringMatching(
        /^WEBHOOK_SECRET is the sample of \.env\.example; production needs a secret of the form/,
      ),
    ]);
  });

  test.each([
    'http://hooks.example.com/a',
    'http://10.0.0.1/',
    'https://user:secret@hooks.example.com/',
    'https://hooks.example.com/#part',
    'ftp://127.0.0.1/',
    'hooks.example.com',
  ])('are not sent to %s, and no error says the address', (url) => {
    const [fault, ...more] = faultsOf({ WEBHOOK_URLS: url, WEBHOOK_SECRET: secretOf(32) });
    expect(fault).toMatch(/^WEBHOOK_URLS must be a comma-separated list of https:\/\/ addresses/);
    expect(fault).not.toContain(url);
    expect(more).toStrictEqual([]);
  });

  test.each([
    secretOf(23),
    secretOf(65),
    secretOf(32).slice('whsec_'.length),
    'whsec_not-base64-not-base64-not-base64',
    'whsec_',
  ])('are not signed with %s', (WEBHOOK_SECRET) => {
    expect(faultsOf({ WEBHOOK_URLS, WEBHOOK_SECRET })).toStrictEqual([
      expect.stringMatching(
        /^WEBHOOK_SECRET must be a secret of the form whsec_…, with 24 to 64 random bytes/,
      ),
    ]);
  });
});

test('the API and the metrics need different ports, unless both are any free one', () => {
  expect(faultsOf({ PORT: '9464' })).toStrictEqual(['METRICS_PORT must differ from PORT, but both are 9464']);
  expect(faultsOf({ PORT: '0', METRICS_PORT: '0' })).toStrictEqual([]);
});

describe('verified sign-in', () => {
  const problem =
    'is not set, but AUTH_EMAIL_VERIFICATION is code and mail goes out by SMTP; set it, or set AUTH_EMAIL_VERIFICATION to off';
  const server = { SMTP_URL: 'smtp://mail.example.com', MAIL_FROM: 'no-reply@example.com' };

  test('needs a mail server and a sender in production', () => {
    const production = { NODE_ENV: 'production', AUTH_EMAIL_VERIFICATION: 'code' };

    expect(faultsOf(production)).toStrictEqual([`SMTP_URL ${problem}`, `MAIL_FROM ${problem}`]);
    expect(faultsOf({ ...production, ...server })).toStrictEqual([]);
    expect(faultsOf({ ...production, AUTH_EMAIL_VERIFICATION: 'off' })).toStrictEqual([]);
  });

  test('needs them elsewhere once mail is to go out', () => {
    expect(faultsOf({ AUTH_EMAIL_VERIFICATION: 'code' })).toStrictEqual([]);
    expect(faultsOf({ AUTH_EMAIL_VERIFICATION: 'code', MAIL_TRANSPORT: 'smtp' })).toHaveLength(2);
    expect(faultsOf({ AUTH_EMAIL_VERIFICATION: 'code', SMTP_URL: server.SMTP_URL })).toStrictEqual([
      `MAIL_FROM ${problem}`,
    ]);
    expect(
      faultsOf({ AUTH_EMAIL_VERIFICATION: 'code', SMTP_URL: server.SMTP_URL, MAIL_TRANSPORT: 'log' }),
    ).toStrictEqual([]);
  });

  test('never writes codes to the log in production', () => {
    expect(faultsOf({ NODE_ENV: 'production', MAIL_TRANSPORT: 'log' })).toStrictEqual([
      'MAIL_TRANSPORT is log, which production refuses: a code in the log is a key to the account; set it to smtp',
    ]);
    expect(faultsOf({ NODE_ENV: 'test', MAIL_TRANSPORT: 'log' })).toStrictEqual([]);
  });

  test.each([
    'Parley <no-reply@example.com>',
    'no-reply',
    'a b@example.com',
    'a@b@c',
    'a@example.com,b@c.de',
  ])('refuses %j as a sender', (MAIL_FROM) => {
    expect(faultsOf({ MAIL_FROM })).toStrictEqual([
      `MAIL_FROM must be a mail address without a name, such as no-reply@example.com, but is "${MAIL_FROM}"`,
    ]);
  });

  test('lets an idle session last longer than reads take to be noted', () => {
    expect(faultsOf({ SESSION_IDLE_TIMEOUT_MINUTES: '1' })).toHaveLength(1);
    expect(faultsOf({ SESSION_IDLE_TIMEOUT_MINUTES: '2' })).toStrictEqual([]);
  });
});
