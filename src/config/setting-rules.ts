import type { AiProvider } from './configuration.js';
import type { ConfigurationFault } from './configuration-error.js';
import { secretKey } from './formats/text.formats.js';
import { SAMPLE_WEBHOOK_KEY, webhookSecret } from './formats/webhook.formats.js';
import { mailTransport } from './mail-transport.js';
import { isSampleSecret } from './sample-secret.js';
import type { SettingName, Settings } from './settings.js';

/** A demand on several settings at once. */
interface SettingRule {
  /** The setting to change when the rule is broken. */
  readonly name: SettingName;
  /** What else the rule looks at. A rule is not tried on a setting that already has a fault. */
  readonly reads: readonly SettingName[];
  /** What is wrong and what would be right, or undefined when the rule holds. */
  readonly findProblem: (settings: Settings) => string | undefined;
}

type SecretName = 'JWT_SECRET_KEY' | 'EMAIL_HASH_KEY';

function soundInProduction(name: SecretName): SettingRule {
  const remedy = `production needs ${secretKey.accepts}`;
  return {
    name,
    reads: ['NODE_ENV'],
    findProblem: ({ NODE_ENV, [name]: secret }) => {
      if (NODE_ENV !== 'production') {
        return undefined;
      }
      if (secret === undefined) {
        return `is not set; ${remedy}`;
      }
      return isSampleSecret(secret) ? `is a sample or easy to guess; ${remedy}` : undefined;
    },
  };
}

function presentForModels(
  provider: AiProvider,
  name: 'GOOGLE_API_KEY' | 'OPENAI_API_KEY' | 'ANTHROPIC_API_KEY' | 'COMPATIBLE_BASE_URL',
): SettingRule {
  return {
    name,
    reads: ['AI_MODELS'],
    findProblem: ({ AI_MODELS, [name]: value }) => {
      const needing = AI_MODELS?.find((each) => each.provider === provider);
      return needing === undefined || value !== undefined
        ? undefined
        : `is not set, but AI_MODELS names ${provider}:${needing.model}; set it, or take that model out`;
    },
  };
}

function presentForDiscord(name: 'DISCORD_BOT_TOKEN' | 'DISCORD_CHANNEL_ID'): SettingRule {
  return {
    name,
    reads: ['DISCORD_ENABLED'],
    findProblem: ({ DISCORD_ENABLED, [name]: value }) =>
      DISCORD_ENABLED && value === undefined
        ? 'is not set, but DISCORD_ENABLED is true; set it, or set DISCORD_ENABLED to false'
        : undefined,
  };
}

function presentForCodes(name: 'SMTP_URL' | 'MAIL_FROM'): SettingRule {
  return {
    name,
    reads: ['NODE_ENV', 'AUTH_EMAIL_VERIFICATION', 'MAIL_TRANSPORT', 'SMTP_URL'],
    findProblem: (settings) =>
      settings.AUTH_EMAIL_VERIFICATION === 'code' &&
      mailTransport(settings) === 'smtp' &&
      settings[name] === undefined
        ? 'is not set, but AUTH_EMAIL_VERIFICATION is code and mail goes out by SMTP; set it, or set AUTH_EMAIL_VERIFICATION to off'
        : undefined,
  };
}

const RULES: readonly SettingRule[] = [
  {
    name: 'DATABASE_URL',
    reads: ['DATABASE_DIRECT_URL'],
    findProblem: ({ DATABASE_URL, DATABASE_DIRECT_URL }) =>
      DATABASE_URL === undefined && DATABASE_DIRECT_URL !== undefined
        ? 'is not set, but DATABASE_DIRECT_URL is; set it to the address of the pooler, or use it alone for the server'
        : undefined,
  },
  {
    name: 'METRICS_PORT',
    reads: ['PORT'],
    findProblem: ({ METRICS_PORT, PORT }) =>
      METRICS_PORT !== 0 && METRICS_PORT === PORT ? `must differ from PORT, but both are ${PORT}` : undefined,
  },
  soundInProduction('JWT_SECRET_KEY'),
  {
    name: 'JWT_PREVIOUS_SECRET_KEYS',
    reads: ['NODE_ENV'],
    findProblem: ({ NODE_ENV, JWT_PREVIOUS_SECRET_KEYS }) =>
      // A token forged with a well-known secret is as good as one forged with the current secret.
      NODE_ENV === 'production' && JWT_PREVIOUS_SECRET_KEYS?.some(isSampleSecret) === true
        ? 'holds a secret that is a sample or easy to guess; production must not accept it, so take it out'
        : undefined,
  },
  soundInProduction('EMAIL_HASH_KEY'),
  {
    name: 'EMAIL_HASH_KEY',
    reads: ['NODE_ENV', 'JWT_SECRET_KEY'],
    findProblem: ({ NODE_ENV, EMAIL_HASH_KEY, JWT_SECRET_KEY }) =>
      NODE_ENV === 'production' && EMAIL_HASH_KEY !== undefined && EMAIL_HASH_KEY === JWT_SECRET_KEY
        ? 'is the same as JWT_SECRET_KEY; each needs a secret of its own'
        : undefined,
  },
  {
    name: 'MAIL_TRANSPORT',
    reads: ['NODE_ENV'],
    findProblem: ({ NODE_ENV, MAIL_TRANSPORT }) =>
      // Whoever reads the log could sign in as anybody.
      NODE_ENV === 'production' && MAIL_TRANSPORT === 'log'
        ? 'is log, which production refuses: a code in the log is a key to the account; set it to smtp'
        : undefined,
  },
  presentForCodes('SMTP_URL'),
  presentForCodes('MAIL_FROM'),
  {
    name: 'TURN_LEASE_SECONDS',
    reads: ['AI_TIMEOUT_SECONDS'],
    findProblem: ({ TURN_LEASE_SECONDS, AI_TIMEOUT_SECONDS }) =>
      // Otherwise a second process would run the model while the first still waits for it.
      TURN_LEASE_SECONDS !== undefined && TURN_LEASE_SECONDS <= AI_TIMEOUT_SECONDS
        ? `must be more than AI_TIMEOUT_SECONDS (${AI_TIMEOUT_SECONDS}), but is ${TURN_LEASE_SECONDS}`
        : undefined,
  },
  presentForModels('google', 'GOOGLE_API_KEY'),
  presentForModels('openai', 'OPENAI_API_KEY'),
  presentForModels('anthropic', 'ANTHROPIC_API_KEY'),
  presentForModels('compatible', 'COMPATIBLE_BASE_URL'),
  presentForDiscord('DISCORD_BOT_TOKEN'),
  presentForDiscord('DISCORD_CHANNEL_ID'),
  {
    name: 'WEBHOOK_SECRET',
    reads: ['NODE_ENV', 'WEBHOOK_URLS'],
    findProblem: ({ NODE_ENV, WEBHOOK_URLS, WEBHOOK_SECRET }) => {
      if (WEBHOOK_URLS !== undefined && WEBHOOK_SECRET === undefined) {
        return 'is not set, but WEBHOOK_URLS is; set it, or take WEBHOOK_URLS out';
      }
      return NODE_ENV === 'production' && WEBHOOK_SECRET === SAMPLE_WEBHOOK_KEY
        ? `is the sample of .env.example; production needs ${webhookSecret.accepts}`
        : undefined;
    },
  },
];

/** The faults that show only when settings are seen together. */
export function checkRules(
  settings: Settings,
  knownFaults: readonly ConfigurationFault[],
): ConfigurationFault[] {
  const faulty = new Set(knownFaults.map(({ name }) => name));
  return RULES.flatMap(({ name, reads, findProblem }) => {
    const problem = [name, ...reads].some((each) => faulty.has(each)) ? undefined : findProblem(settings);
    return problem === undefined ? [] : [{ name, problem }];
  });
}
