/** How many requests a caller may make in one window. */
export interface RateLimit {
  readonly limit: number;
  /** Length of the window in milliseconds. */
  readonly windowMs: number;
}

/**
 * The score beyond which each part of the bot rule holds a caller to be a script; 0 turns the part off. A
 * score halves every ten minutes, so it is about what happened in that time.
 */
export interface BotThresholds {
  readonly signInsPerAddress: number;
  readonly signInsPerEmail: number;
  readonly repeatedMessages: number;
  readonly fastMessages: number;
}

export type AiProvider = 'offline' | 'google' | 'openai' | 'anthropic' | 'compatible';

/**
 * One entry of `AI_MODELS`: `openai:gpt-4.1-mini` is `{provider: 'openai', model: 'gpt-4.1-mini'}`, and
 * `offline` is `{provider: 'offline', model: 'offline'}`.
 */
export interface AiModelReference {
  readonly provider: AiProvider;
  readonly model: string;
}

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/**
 * Every setting of the service, validated once at start and frozen.
 *
 * An abstract class rather than an interface, so that it can be injected by type. Settings are grouped by
 * the module that uses them; `settings.ts` says which environment variable each one comes from.
 */
export abstract class Configuration {
  readonly environment: 'development' | 'test' | 'production';
  /** Where the embedded database and generated secrets live; absolute. */
  readonly dataDirectory: string;

  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly metricsPort: number;
    /** Number of trusted proxies, or the trusted networks; `false` trusts nobody. */
    readonly trustProxy: false | number | readonly string[];
    readonly corsOrigins: readonly string[];
    /** How long a client may take to send a request. */
    readonly requestTimeoutMs: number;
    /** How long a connection is kept open between two requests. */
    readonly keepAliveTimeoutMs: number;
    readonly maxConnections: number;
    /** The most requests worked on at a time, without those that wait for a model or are streamed. */
    readonly maxInFlight: number;
    readonly shutdownDelayMs: number;
    readonly shutdownGraceMs: number;
  };

  readonly database: {
    /** Absent: the embedded PostgreSQL in `dataDirectory`. */
    readonly url: string | undefined;
    /** The server itself, where `url` leads to a pooler in transaction mode. */
    readonly directUrl: string | undefined;
    readonly poolSize: number;
    readonly connectTimeoutMs: number;
    readonly statementTimeoutMs: number;
    readonly lockTimeoutMs: number;
  };

  readonly redis: { readonly url: string | undefined };

  readonly auth: {
    /** The secret that signs new tokens, then those still accepted. */
    readonly jwtSecrets: readonly [current: string, ...previous: string[]];
    readonly jwtAlgorithm: 'HS256' | 'HS384' | 'HS512';
    readonly sessionLifetimeMs: number;
    readonly emailHashKey: string;
    /** Whether a token issued to a browser is refused when another family of browsers sends it. */
    readonly bindsBrowser: boolean;
    /** Whether a session is opened only with a code that was mailed to the address. */
    readonly verifiesEmail: boolean;
    /** The most live sessions of one address; undefined: any number. */
    readonly maxSessionsPerEmail: number | undefined;
    /** How long a session may lie unused; undefined: until it expires. */
    readonly sessionIdleTimeoutMs: number | undefined;
  };

  readonly mail: {
    /** `log` writes to the log what would be mailed; never in production. */
    readonly transport: 'smtp' | 'log';
    readonly smtpUrl: string | undefined;
    /** The sender's address. */
    readonly from: string | undefined;
  };

  readonly security: {
    readonly rateLimitingEnabled: boolean;
    readonly chatRateLimit: RateLimit;
    readonly authRateLimit: RateLimit;
    readonly botDetectionEnabled: boolean;
    /** Of a sign-in; 0 asks for none. */
    readonly minUserAgentLength: number;
    readonly botThresholds: BotThresholds;
    readonly screeningMode: 'block' | 'monitor' | 'off';
  };

  readonly chat: {
    readonly maxMessagesPerSession: number;
    /** In Unicode code points. */
    readonly maxMessageLength: number;
    /** How long a turn belongs to the process that accepted it; longer than the model's time-out. */
    readonly turnLeaseMs: number;
    /** The reply to a message that is left to an operator. */
    readonly operatorNotice: string;
    /** How long after it could be used for the last time a session is removed; undefined: never. */
    readonly retentionMs: number | undefined;
    /** The most turns this process gets a reply for at a time. */
    readonly maxRunningTurns: number;
    readonly maxOpenStreams: number;
    /** How often a stream gives a sign of life while there is nothing new. */
    readonly streamHeartbeatMs: number;
  };

  readonly ai: {
    readonly models: readonly [AiModelReference, ...AiModelReference[]];
    readonly google: { readonly apiKey: string | undefined; readonly baseUrl: string | undefined };
    readonly openai: { readonly apiKey: string | undefined; readonly baseUrl: string | undefined };
    readonly anthropic: { readonly apiKey: string | undefined; readonly baseUrl: string | undefined };
    readonly compatible: { readonly apiKey: string | undefined; readonly baseUrl: string | undefined };
    /** The text of `AI_SYSTEM_PROMPT_FILE`, or the built-in prompt. */
    readonly systemPrompt: string;
    /** What the visitor reads when no model could answer. */
    readonly fallbackMessage: string;
    readonly temperature: number;
    readonly maxTokens: number;
    readonly timeoutMs: number;
    /** Tokens that models may take; undefined: no limit. */
    readonly tokenLimits: { readonly session: number | undefined; readonly daily: number | undefined };
    /** How many earlier messages a model is given. */
    readonly contextMessages: number;
    /** How many tokens of a conversation a model is given, by estimate. */
    readonly contextTokens: number;
    /** Per model and process. */
    readonly maxConcurrentCalls: number;
    /** Where links in replies may lead, in lower case; undefined: anywhere, but without the conversation. */
    readonly allowedLinkHosts: readonly string[] | undefined;
  };

  readonly notification: {
    /** Whether facts are also written to the log, for development. */
    readonly logChannelEnabled: boolean;
    readonly discord: {
      readonly enabled: boolean;
      readonly botToken: string | undefined;
      readonly channelId: string | undefined;
      readonly notifyMessages: boolean;
      /** Whose members may act; none: there is no desk. */
      readonly operatorRoleIds: readonly string[];
      /** Whether e-mail and IP addresses are shown in full. */
      readonly showPersonalData: boolean;
      readonly apiUrl: string;
    };
    readonly webhooks: {
      readonly urls: readonly string[];
      /** The signing key in base64; present where there is a URL. */
      readonly secret: string | undefined;
    };
  };

  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'pretty' };
}
