import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, type ConfigurationFault } from '../../src/config/configuration-error.js';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { SETTING_NAMES, SETTINGS } from '../../src/config/settings.js';
import { BUILT_IN_SYSTEM_PROMPT } from '../../src/config/system-prompt.js';

type Environment = Readonly<Record<string, string>>;

const SECRETS = {
  JWT_SECRET_KEY: randomBytes(32).toString('base64url'),
  EMAIL_HASH_KEY: randomBytes(32).toString('base64url'),
};

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'config-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function load(environment: Environment = {}) {
  return loadConfiguration({ ...SECRETS, ...environment }, directory);
}

function errorOf(environment: Environment): ConfigurationError {
  try {
    load(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return error as ConfigurationError;
  }
  throw new Error('There was no fault.');
}

function faultsOf(environment: Environment): readonly ConfigurationFault[] {
  return errorOf(environment).faults;
}

describe('the configuration', () => {
  test('has a value for everything when nothing but the secrets is set', () => {
    const { configuration, warnings } = load();

    expect(warnings).toStrictEqual([]);
    expect(configuration).toStrictEqual({
      environment: 'development',
      dataDirectory: join(directory, 'data'),
      http: {
        host: '127.0.0.1',
        port: 3000,
        metricsPort: 9464,
        trustProxy: false,
        corsOrigins: [],
        requestTimeoutMs: 30_000,
        keepAliveTimeoutMs: 72_000,
        maxConnections: 10_000,
        maxInFlight: 128,
        shutdownDelayMs: 0,
        shutdownGraceMs: 45_000,
      },
      database: {
        url: undefined,
        directUrl: undefined,
        poolSize: 10,
        connectTimeoutMs: 5_000,
        statementTimeoutMs: 10_000,
        lockTimeoutMs: 5_000,
      },
      redis: { url: undefined },
      auth: {
        jwtSecrets: [SECRETS.JWT_SECRET_KEY],
        jwtAlgorithm: 'HS256',
        sessionLifetimeMs: 86_400_000,
        emailHashKey: SECRETS.EMAIL_HASH_KEY,
        bindsBrowser: true,
        verifiesEmail: false,
        maxSessionsPerEmail: undefined,
        sessionIdleTimeoutMs: undefined,
      },
      mail: { transport: 'log', smtpUrl: undefined, from: undefined },
      security: {
        rateLimitingEnabled: true,
        chatRateLimit: { limit: 10, windowMs: 60_000 },
        authRateLimit: { limit: 5, windowMs: 60_000 },
        botDetectionEnabled: true,
        minUserAgentLength: 10,
        botThresholds: {
          signInsPerAddress: 40,
          signInsPerEmail: 300,
          repeatedMessages: 20,
          fastMessages: 30,
        },
        screeningMode: 'block',
      },
      chat: {
        maxMessagesPerSession: 50,
        maxMessageLength: 4000,
        operatorNotice: 'A member of our team has joined this conversation and will answer you here.',
        retentionMs: undefined,
        maxRunningTurns: 2_500,
        maxOpenStreams: 5_000,
        streamHeartbeatMs: 15_000,
        turnLeaseMs: 45_000,
      },
      ai: {
        models: [{ provider: 'offline', model: 'offline' }],
        google: { apiKey: undefined, baseUrl: undefined },
        openai: { apiKey: undefined, baseUrl: undefined },
        anthropic: { apiKey: undefined, baseUrl: undefined },
        compatible: { apiKey: undefined, baseUrl: undefined },
        systemPrompt: BUILT_IN_SYSTEM_PROMPT,
        fallbackMessage: expect.stringMatching(/^Sorry/) as string,
        temperature: 0.7,
        maxTokens: 500,
        timeoutMs: 30_000,
        contextMessages: 8,
        contextTokens: 4_000,
        maxConcurrentCalls: 1_000,
        tokenLimits: { session: undefined, daily: undefined },
        allowedLinkHosts: undefined,
      },
      notification: {
        logChannelEnabled: true,
        discord: {
          enabled: false,
          botToken: undefined,
          channelId: undefined,
          notifyMessages: true,
          operatorRoleIds: [],
          showPersonalData: false,
          apiUrl: 'https://discord.com/api',
        },
        webhooks: { urls: [], secret: undefined },
      },
      log: { level: 'info', format: 'json' },
    });
    expect(readdirSync(directory)).toStrictEqual([]);
  });

  test('takes every setting over', () => {
    writeFileSync(join(directory, 'prompt.txt'), '\n Be brief. \n');
    const previous = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
    const { configuration } = load({
      NODE_ENV: 'production',
      DATA_DIR: '/var/lib/parley',
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'pretty',
      HOST: '0.0.0.0',
      PORT: '0',
      METRICS_PORT: '9000',
      TRUST_PROXY: '2',
      CORS_ORIGINS: 'https://a.example,https://b.example',
      REQUEST_TIMEOUT_SECONDS: '12',
      KEEP_ALIVE_TIMEOUT_SECONDS: '65',
      MAX_CONNECTIONS: '900',
      MAX_IN_FLIGHT_REQUESTS: '90',
      SHUTDOWN_DELAY_SECONDS: '5',
      SHUTDOWN_GRACE_SECONDS: '20',
      DATABASE_URL: 'postgres://u:p@h/d',
      DATABASE_DIRECT_URL: 'postgres://u:p@direct/d',
      DATABASE_POOL_SIZE: '3',
      DATABASE_CONNECT_TIMEOUT_SECONDS: '1',
      DATABASE_STATEMENT_TIMEOUT_SECONDS: '2',
      DATABASE_LOCK_TIMEOUT_SECONDS: '4',
      REDIS_URL: 'rediss://h',
      JWT_PREVIOUS_SECRET_KEYS: previous.join(','),
      JWT_ALGORITHM: 'HS512',
      JWT_EXPIRE_HOURS: '2',
      AUTH_EMAIL_VERIFICATION: 'code',
      SESSION_BROWSER_BINDING: 'false',
      MAX_SESSIONS_PER_EMAIL: '3',
      SESSION_IDLE_TIMEOUT_MINUTES: '30',
      MAIL_TRANSPORT: 'smtp',
      SMTP_URL: 'smtps://u:p@m',
      MAIL_FROM: 'no-reply@example.com',
      RATE_LIMITING_ENABLED: 'no',
      CHAT_RATE_LIMIT: '7/hour',
      AUTH_RATE_LIMIT: '3/second',
      BOT_DETECTION_ENABLED: 'off',
      MIN_USER_AGENT_LENGTH: '0',
      BOT_SIGN_INS_PER_ADDRESS: '0',
      BOT_SIGN_INS_PER_EMAIL: '11',
      BOT_REPEATED_MESSAGES: '12',
      BOT_FAST_MESSAGES: '13',
      SCREENING_MODE: 'monitor',
      MAX_MESSAGES_PER_SESSION: '5',
      MAX_MESSAGE_LENGTH: '100',
      TURN_LEASE_SECONDS: '11',
      AI_MODELS: 'anthropic:claude-x,compatible:llama3:8b',
      GOOGLE_API_KEY: 'g-key',
      OPENAI_API_KEY: 'o-key',
      ANTHROPIC_API_KEY: 'a-key',
      COMPATIBLE_API_KEY: 'c-key',
      GOOGLE_BASE_URL: 'http://g/v1/',
      OPENAI_BASE_URL: 'http://o/v1',
      ANTHROPIC_BASE_URL: 'http://a/v1',
      COMPATIBLE_BASE_URL: 'http://c/v1',
      AI_SYSTEM_PROMPT_FILE: 'prompt.txt',
      AI_FALLBACK_MESSAGE: 'Later, please.',
      AI_TEMPERATURE: '1.5',
      AI_MAX_TOKENS: '9',
      AI_TIMEOUT_SECONDS: '10',
      AI_CONTEXT_MESSAGES: '0',
      AI_CONTEXT_TOKENS: '1000',
      AI_MAX_CONCURRENT_CALLS: '7',
      AI_SESSION_TOKEN_LIMIT: '5000',
      AI_DAILY_TOKEN_LIMIT: '100000',
      OPERATOR_NOTICE: 'A person answers.',
      RETENTION_DAYS: '30',
      STREAM_HEARTBEAT_SECONDS: '20',
      MAX_RUNNING_TURNS: '30',
      MAX_OPEN_STREAMS: '40',
      AI_ALLOWED_LINK_HOSTS: 'Www.Example.com, 192.0.2.1',
      NOTIFICATION_LOG_ENABLED: 'true',
      DISCORD_ENABLED: '1',
      DISCORD_BOT_TOKEN: 'd-token',
      DISCORD_CHANNEL_ID: '123456789012345678',
      DISCORD_NOTIFY_MESSAGES: 'false',
      DISCORD_OPERATOR_ROLE_IDS: '123456789012345679, 123456789012345680',
      DISCORD_SHOW_PERSONAL_DATA: 'true',
      DISCORD_API_URL: 'http://127.0.0.1:4000/api/',
      WEBHOOK_URLS: 'https://hooks.example.com/parley',
      WEBHOOK_SECRET: 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz',
    });

    expect(configuration).toStrictEqual({
      environment: 'production',
      dataDirectory: '/var/lib/parley',
      http: {
        host: '0.0.0.0',
        port: 0,
        metricsPort: 9000,
        trustProxy: 2,
        corsOrigins: ['https://a.example', 'https://b.example'],
        requestTimeoutMs: 12_000,
        keepAliveTimeoutMs: 65_000,
        maxConnections: 900,
        maxInFlight: 90,
        shutdownDelayMs: 5_000,
        shutdownGraceMs: 20_000,
      },
      database: {
        url: 'postgres://u:p@h/d',
        directUrl: 'postgres://u:p@direct/d',
        poolSize: 3,
        connectTimeoutMs: 1_000,
        statementTimeoutMs: 2_000,
        lockTimeoutMs: 4_000,
      },
      redis: { url: 'rediss://h' },
      auth: {
        jwtSecrets: [SECRETS.JWT_SECRET_KEY, ...previous],
        jwtAlgorithm: 'HS512',
        sessionLifetimeMs: 7_200_000,
        emailHashKey: SECRETS.EMAIL_HASH_KEY,
        bindsBrowser: false,
        verifiesEmail: true,
        maxSessionsPerEmail: 3,
        sessionIdleTimeoutMs: 1_800_000,
      },
      mail: { transport: 'smtp', smtpUrl: 'smtps://u:p@m', from: 'no-reply@example.com' },
      security: {
        rateLimitingEnabled: false,
        chatRateLimit: { limit: 7, windowMs: 3_600_000 },
        authRateLimit: { limit: 3, windowMs: 1_000 },
        botDetectionEnabled: false,
        minUserAgentLength: 0,
        botThresholds: { signInsPerAddress: 0, signInsPerEmail: 11, repeatedMessages: 12, fastMessages: 13 },
        screeningMode: 'monitor',
      },
      chat: {
        maxMessagesPerSession: 5,
        maxMessageLength: 100,
        operatorNotice: 'A person answers.',
        retentionMs: 30 * 86_400_000,
        maxRunningTurns: 30,
        maxOpenStreams: 40,
        streamHeartbeatMs: 20_000,
        turnLeaseMs: 11_000,
      },
      ai: {
        models: [
          { provider: 'anthropic', model: 'claude-x' },
          { provider: 'compatible', model: 'llama3:8b' },
        ],
        google: { apiKey: 'g-key', baseUrl: 'http://g/v1' },
        openai: { apiKey: 'o-key', baseUrl: 'http://o/v1' },
        anthropic: { apiKey: 'a-key', baseUrl: 'http://a/v1' },
        compatible: { apiKey: 'c-key', baseUrl: 'http://c/v1' },
        systemPrompt: 'Be brief.',
        fallbackMessage: 'Later, please.',
        temperature: 1.5,
        maxTokens: 9,
        timeoutMs: 10_000,
        contextMessages: 0,
        contextTokens: 1_000,
        maxConcurrentCalls: 7,
        tokenLimits: { session: 5_000, daily: 100_000 },
        allowedLinkHosts: ['www.example.com', '192.0.2.1'],
      },
      notification: {
        logChannelEnabled: true,
        discord: {
          enabled: true,
          botToken: 'd-token',
          channelId: '123456789012345678',
          notifyMessages: false,
          operatorRoleIds: ['123456789012345679', '123456789012345680'],
          showPersonalData: true,
          apiUrl: 'http://127.0.0.1:4000/api',
        },
        webhooks: { urls: ['https://hooks.example.com/parley'], secret: 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz' },
      },
      log: { level: 'warn', format: 'pretty' },
    });
  });

  test('treats blank values as not set and ignores blanks around others', () => {
    const blank = Object.fromEntries(
      SETTING_NAMES.map((name, index) => [name, index % 2 === 0 ? '' : ' \t']),
    );

    expect(load({ ...blank, ...SECRETS })).toStrictEqual(load());
    expect(load({ PORT: ' 8080\r' }).configuration.http.port).toBe(8080);
  });

  test('is frozen through and through', () => {
    const { configuration } = load({ CORS_ORIGINS: 'https://a.example', AI_MODELS: 'offline' });
    const unfrozen: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value === 'object' && value !== null) {
        if (!Object.isFrozen(value)) {
          unfrozen.push(path);
        }
        for (const [key, part] of Object.entries(value)) {
          visit(part, `${path}.${key}`);
        }
      }
    };
    visit(configuration, '');

    expect(unfrozen).toStrictEqual([]);
    expect(() => Object.assign(configuration.security.chatRateLimit, { limit: 1 })).toThrow(TypeError);
  });

  test('uses Gemini when there is a Google key, and a key alone is no reason to use another model', () => {
    expect(load({ GOOGLE_API_KEY: 'key' }).configuration.ai.models).toStrictEqual([
      { provider: 'google', model: 'gemini-2.5-flash-lite' },
    ]);
    expect(load({ OPENAI_API_KEY: 'key' }).configuration.ai.models[0].provider).toBe('offline');
    expect(load({ GOOGLE_API_KEY: 'key', AI_MODELS: 'offline' }).configuration.ai.models).toHaveLength(1);
  });

  test('writes the log for people on a terminal only', () => {
    const onTerminal = (environment: Environment) =>
      loadConfiguration({ ...SECRETS, ...environment }, directory, true).configuration.log.format;

    expect(onTerminal({})).toBe('pretty');
    expect(onTerminal({ LOG_FORMAT: 'json' })).toBe('json');
  });

  test('logs notifications by default, except in production', () => {
    expect(load({ NODE_ENV: 'test' }).configuration.notification.logChannelEnabled).toBe(true);
    expect(load({ NODE_ENV: 'production' }).configuration.notification.logChannelEnabled).toBe(false);
  });

  test('limits the sessions of an address by default only where it is verified', () => {
    const limitWith = (environment: Environment) => load(environment).configuration.auth.maxSessionsPerEmail;

    expect(limitWith({})).toBeUndefined();
    expect(limitWith({ AUTH_EMAIL_VERIFICATION: 'code' })).toBe(10);
    expect(limitWith({ AUTH_EMAIL_VERIFICATION: 'code', MAX_SESSIONS_PER_EMAIL: '2' })).toBe(2);
    expect(limitWith({ MAX_SESSIONS_PER_EMAIL: '2' })).toBe(2);
  });

  test('sends mail by SMTP in production and wherever a server is named', () => {
    const transportWith = (environment: Environment) => load(environment).configuration.mail.transport;

    expect(transportWith({})).toBe('log');
    expect(transportWith({ NODE_ENV: 'production' })).toBe('smtp');
    expect(transportWith({ SMTP_URL: 'smtp://m' })).toBe('smtp');
    expect(transportWith({ SMTP_URL: 'smtp://m', MAIL_TRANSPORT: 'log' })).toBe('log');
  });

  test('gives a turn a lease that outlives the slowest model', () => {
    expect(load({ AI_TIMEOUT_SECONDS: '600' }).configuration.chat.turnLeaseMs).toBe(615_000);
  });

  test('suspects nobody for what the rate limits allow in one window, or in a few minutes', () => {
    const thresholds = (limit: string) =>
      load({ AUTH_RATE_LIMIT: limit, CHAT_RATE_LIMIT: limit }).configuration.security.botThresholds;

    expect(thresholds('3/day')).toStrictEqual({
      signInsPerAddress: 40,
      signInsPerEmail: 300,
      repeatedMessages: 20,
      fastMessages: 30,
    });
    expect(thresholds('500/hour')).toStrictEqual({
      signInsPerAddress: 500,
      signInsPerEmail: 500,
      repeatedMessages: 500,
      fastMessages: 500,
    });
    expect(thresholds('1000/minute')).toStrictEqual({
      signInsPerAddress: 8_000,
      signInsPerEmail: 60_000,
      repeatedMessages: 2_000,
      fastMessages: 3_000,
    });
  });
});

describe('a configuration error', () => {
  test('lists every fault in plain words, in the order of the documents', () => {
    const error = errorOf({
      SCREENING_MODE: 'loud',
      AI_TEMPERATURE: 'warm',
      PORT: '70000',
      DISCORD_ENABLED: 'yes',
      AI_SYSTEM_PROMPT_FILE: 'nowhere.txt',
      JWT_SECRET_KEY: 'short-secret',
      CHAT_RATE_LIMIT: '10',
    });

    expect(error.exitCode).toBe(78);
    expect(error.message.split('\n')).toStrictEqual([
      '8 settings are wrong:',
      '  PORT must be a whole number from 0 to 65535, but is "70000"',
      '  JWT_SECRET_KEY must be at least 32 random bytes, such as the output of "openssl rand -base64 48"',
      '  CHAT_RATE_LIMIT must be a number from 1 to 1000000 and a window, such as 10/minute (second, minute, hour or day), but is "10"',
      '  SCREENING_MODE must be one of block, monitor, off, but is "loud"',
      expect.stringMatching(
        /^ {2}AI_SYSTEM_PROMPT_FILE must name a text file that can be read \(ENOENT.*nowhere/,
      ),
      '  AI_TEMPERATURE must be a number from 0 to 2, but is "warm"',
      '  DISCORD_BOT_TOKEN is not set, but DISCORD_ENABLED is true; set it, or set DISCORD_ENABLED to false',
      '  DISCORD_CHANNEL_ID is not set, but DISCORD_ENABLED is true; set it, or set DISCORD_ENABLED to false',
    ]);
  });

  test('says so when there is one fault only', () => {
    expect(errorOf({ LOG_LEVEL: 'loud' }).message).toMatch(
      /^One setting is wrong:\n {2}LOG_LEVEL must be one of /,
    );
  });

  test('shortens a long value and keeps it on one line', () => {
    const [fault] = faultsOf({ PORT: `1\n2${'9'.repeat(500)}` });

    expect(fault?.problem).toBe(`must be a whole number from 0 to 65535, but is "1\\n2${'9'.repeat(77)}…"`);
  });

  test('never shows the value of a secret, nor a password in an address', () => {
    // Too long, of the wrong scheme and with a blank: wrong for the format of every secret.
    const value = `wrong://user:hunter2 ${'x'.repeat(5_000)}`;
    const hidden = SETTING_NAMES.filter(
      (name) => SETTINGS[name].documentation.secret || /_URL$|ORIGINS$/.test(name),
    );
    const environment = Object.fromEntries(hidden.map((name) => [name, value]));
    const error = errorOf({
      ...environment,
      JWT_SECRET_KEY: 'hunter2',
      JWT_PREVIOUS_SECRET_KEYS: `${'x'.repeat(40)},hunter2`,
    });

    expect(error.faults.map(({ name }) => name)).toStrictEqual(hidden);
    expect(hidden).toHaveLength(20);
    expect(JSON.stringify([error.message, error.faults, error.stack])).not.toContain('hunter2');
  });

  test('prevents any secret from being generated', () => {
    expect(() => loadConfiguration({ PORT: 'x' }, directory)).toThrow(ConfigurationError);
    expect(readdirSync(directory)).toStrictEqual([]);
  });
});

describe('the system prompt', () => {
  const faultsWith = (content: string): readonly ConfigurationFault[] => {
    writeFileSync(join(directory, 'prompt.txt'), content);
    return faultsOf({ AI_SYSTEM_PROMPT_FILE: './prompt.txt' });
  };

  test.each([
    ['without text', ' \n', 0],
    ['with too much text', 'x'.repeat(100_001), 100_001],
  ])('is not read from a file %s', (_case, content, length) => {
    expect(faultsWith(content)).toStrictEqual([
      {
        name: 'AI_SYSTEM_PROMPT_FILE',
        problem: `must name a file with 1 to 100000 characters of text, but ${directory}/prompt.txt has ${length}`,
      },
    ]);
  });
});

describe('the warnings', () => {
  test('name what was probably misspelled, without its value', () => {
    const { warnings } = load({ CHAT_RATELIMIT: '99/minute', UNRELATED: 'x' });

    expect(warnings).toStrictEqual(['CHAT_RATELIMIT is not a setting; CHAT_RATE_LIMIT was probably meant.']);
  });

  test('say what the offline model means behind a real one', () => {
    expect(load({ AI_MODELS: 'google:x,offline', GOOGLE_API_KEY: 'key' }).warnings).toStrictEqual([
      'AI_MODELS lists offline beside real models: when those fail, visitors read that no model is configured.',
    ]);
    expect(load({ AI_MODELS: 'google:x,google:y', GOOGLE_API_KEY: 'key' }).warnings).toStrictEqual([]);
  });
});
