import { botThresholds } from './bot-thresholds.js';
import type { AiModelReference, Configuration } from './configuration.js';
import type { DevelopmentSecrets } from './development-secrets.js';
import { mailTransport } from './mail-transport.js';
import type { Settings } from './settings.js';

/** What the settings leave open and the surroundings decide. */
export interface Surroundings {
  readonly dataDirectory: string;
  readonly systemPrompt: string;
  readonly secrets: DevelopmentSecrets;
  readonly isTerminal: boolean;
}

/**
 * With verified addresses a visitor ends sessions of their own only; without, anybody could end a stranger's by
 * naming the address often enough, so nothing is ended unless the operator says so.
 */
const MAX_SESSIONS_OF_VERIFIED_EMAIL = 10;

const GOOGLE_MODEL: AiModelReference = { provider: 'google', model: 'gemini-2.5-flash-lite' };
const OFFLINE_MODEL: AiModelReference = { provider: 'offline', model: 'offline' };

/** How much longer than a model's time-out a turn stays with its process: time to store the reply. */
const LEASE_MARGIN_SECONDS = 15;

const MS_PER_SECOND = 1_000;
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

/** Arranges validated settings in the shape the modules read, in milliseconds and with every default. */
export function buildConfiguration(settings: Settings, surroundings: Surroundings): Configuration {
  const isProduction = settings.NODE_ENV === 'production';
  const verifiesEmail = settings.AUTH_EMAIL_VERIFICATION === 'code';
  const { secrets } = surroundings;
  return {
    environment: settings.NODE_ENV,
    dataDirectory: surroundings.dataDirectory,
    http: {
      host: settings.HOST,
      port: settings.PORT,
      metricsPort: settings.METRICS_PORT,
      trustProxy: settings.TRUST_PROXY,
      corsOrigins: settings.CORS_ORIGINS ?? [],
      requestTimeoutMs: settings.REQUEST_TIMEOUT_SECONDS * MS_PER_SECOND,
      keepAliveTimeoutMs: settings.KEEP_ALIVE_TIMEOUT_SECONDS * MS_PER_SECOND,
      maxConnections: settings.MAX_CONNECTIONS,
      maxInFlight: settings.MAX_IN_FLIGHT_REQUESTS,
      shutdownDelayMs: settings.SHUTDOWN_DELAY_SECONDS * MS_PER_SECOND,
      shutdownGraceMs: settings.SHUTDOWN_GRACE_SECONDS * MS_PER_SECOND,
    },
    database: {
      url: settings.DATABASE_URL,
      directUrl: settings.DATABASE_DIRECT_URL,
      poolSize: settings.DATABASE_POOL_SIZE,
      connectTimeoutMs: settings.DATABASE_CONNECT_TIMEOUT_SECONDS * MS_PER_SECOND,
      statementTimeoutMs: settings.DATABASE_STATEMENT_TIMEOUT_SECONDS * MS_PER_SECOND,
      lockTimeoutMs: settings.DATABASE_LOCK_TIMEOUT_SECONDS * MS_PER_SECOND,
    },
    redis: { url: settings.REDIS_URL },
    auth: {
      jwtSecrets: [secrets.JWT_SECRET_KEY, ...(settings.JWT_PREVIOUS_SECRET_KEYS ?? [])],
      jwtAlgorithm: settings.JWT_ALGORITHM,
      sessionLifetimeMs: settings.JWT_EXPIRE_HOURS * MS_PER_HOUR,
      emailHashKey: secrets.EMAIL_HASH_KEY,
      bindsBrowser: settings.SESSION_BROWSER_BINDING,
      verifiesEmail,
      maxSessionsPerEmail:
        settings.MAX_SESSIONS_PER_EMAIL ?? (verifiesEmail ? MAX_SESSIONS_OF_VERIFIED_EMAIL : undefined),
      sessionIdleTimeoutMs:
        settings.SESSION_IDLE_TIMEOUT_MINUTES === undefined
          ? undefined
          : settings.SESSION_IDLE_TIMEOUT_MINUTES * MS_PER_MINUTE,
    },
    mail: {
      transport: mailTransport(settings),
      smtpUrl: settings.SMTP_URL,
      from: settings.MAIL_FROM,
    },
    security: {
      rateLimitingEnabled: settings.RATE_LIMITING_ENABLED,
      chatRateLimit: settings.CHAT_RATE_LIMIT,
      authRateLimit: settings.AUTH_RATE_LIMIT,
      botDetectionEnabled: settings.BOT_DETECTION_ENABLED,
      minUserAgentLength: settings.MIN_USER_AGENT_LENGTH,
      botThresholds: botThresholds(settings),
      screeningMode: settings.SCREENING_MODE,
    },
    chat: {
      maxMessagesPerSession: settings.MAX_MESSAGES_PER_SESSION,
      maxMessageLength: settings.MAX_MESSAGE_LENGTH,
      turnLeaseMs:
        (settings.TURN_LEASE_SECONDS ?? settings.AI_TIMEOUT_SECONDS + LEASE_MARGIN_SECONDS) * MS_PER_SECOND,
      operatorNotice: settings.OPERATOR_NOTICE,
      retentionMs:
        settings.RETENTION_DAYS === undefined ? undefined : settings.RETENTION_DAYS * 24 * MS_PER_HOUR,
      maxRunningTurns: settings.MAX_RUNNING_TURNS,
      maxOpenStreams: settings.MAX_OPEN_STREAMS,
      streamHeartbeatMs: settings.STREAM_HEARTBEAT_SECONDS * MS_PER_SECOND,
    },
    ai: {
      models: settings.AI_MODELS ?? [settings.GOOGLE_API_KEY === undefined ? OFFLINE_MODEL : GOOGLE_MODEL],
      google: { apiKey: settings.GOOGLE_API_KEY, baseUrl: settings.GOOGLE_BASE_URL },
      openai: { apiKey: settings.OPENAI_API_KEY, baseUrl: settings.OPENAI_BASE_URL },
      anthropic: { apiKey: settings.ANTHROPIC_API_KEY, baseUrl: settings.ANTHROPIC_BASE_URL },
      compatible: { apiKey: settings.COMPATIBLE_API_KEY, baseUrl: settings.COMPATIBLE_BASE_URL },
      systemPrompt: surroundings.systemPrompt,
      fallbackMessage: settings.AI_FALLBACK_MESSAGE,
      temperature: settings.AI_TEMPERATURE,
      maxTokens: settings.AI_MAX_TOKENS,
      timeoutMs: settings.AI_TIMEOUT_SECONDS * MS_PER_SECOND,
      tokenLimits: { session: settings.AI_SESSION_TOKEN_LIMIT, daily: settings.AI_DAILY_TOKEN_LIMIT },
      contextMessages: settings.AI_CONTEXT_MESSAGES,
      contextTokens: settings.AI_CONTEXT_TOKENS,
      maxConcurrentCalls: settings.AI_MAX_CONCURRENT_CALLS,
      allowedLinkHosts: settings.AI_ALLOWED_LINK_HOSTS,
    },
    notification: {
      logChannelEnabled: settings.NOTIFICATION_LOG_ENABLED ?? !isProduction,
      discord: {
        enabled: settings.DISCORD_ENABLED,
        botToken: settings.DISCORD_BOT_TOKEN,
        channelId: settings.DISCORD_CHANNEL_ID,
        notifyMessages: settings.DISCORD_NOTIFY_MESSAGES,
        operatorRoleIds: settings.DISCORD_OPERATOR_ROLE_IDS ?? [],
        showPersonalData: settings.DISCORD_SHOW_PERSONAL_DATA,
        apiUrl: settings.DISCORD_API_URL,
      },
      webhooks: { urls: settings.WEBHOOK_URLS ?? [], secret: settings.WEBHOOK_SECRET },
    },
    log: {
      level: settings.LOG_LEVEL,
      format: settings.LOG_FORMAT ?? (surroundings.isTerminal ? 'pretty' : 'json'),
    },
  };
}
