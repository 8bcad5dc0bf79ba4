import { Logger, type LoggerService } from '@nestjs/common';
import { AiService } from '../../src/ai/ai.service.js';
import type { FinishedReply, ReplyPart, ReplyRequest } from '../../src/ai/reply.js';
import type { AiModelReference, AiProvider, Configuration } from '../../src/config/configuration.js';

type AiSettings = Configuration['ai'];

export const FALLBACK = 'Sorry, no model could answer.';
export const KEY = 'sk-secret-of-this-test';

const NOWHERE = { apiKey: undefined, baseUrl: undefined };

/** A configuration of which only the part of the `ai` module exists. */
export function aiConfiguration(settings: Partial<AiSettings>): Configuration {
  const ai: AiSettings = {
    models: [{ provider: 'offline', model: 'offline' }],
    google: NOWHERE,
    openai: NOWHERE,
    anthropic: NOWHERE,
    compatible: NOWHERE,
    systemPrompt: 'You are a test.',
    fallbackMessage: FALLBACK,
    temperature: 0.5,
    maxTokens: 100,
    timeoutMs: 10_000,
    contextMessages: 8,
    contextTokens: 4_000,
    tokenLimits: { session: undefined, daily: undefined },
    maxConcurrentCalls: 100,
    allowedLinkHosts: undefined,
    ...settings,
  };
  return { ai } as unknown as Configuration;
}

export function aiService(settings: Partial<AiSettings>): AiService {
  return new AiService(aiConfiguration(settings));
}

/** A service whose models are all at one address; each is named like `openai:first`. */
export function serviceAt(
  baseUrl: string,
  models: readonly string[],
  settings: Partial<AiSettings> = {},
): AiService {
  const [first, ...others] = models.map((name): AiModelReference => {
    const [, provider, model] = /^(.*?):(.*)$/.exec(name)!;
    return { provider: provider as AiProvider, model: model! };
  });
  const endpoint = { apiKey: KEY, baseUrl };
  return aiService({
    models: [first!, ...others],
    google: endpoint,
    openai: endpoint,
    anthropic: endpoint,
    compatible: endpoint,
    ...settings,
  });
}

export interface HeardReply {
  readonly deltas: readonly string[];
  readonly reply: FinishedReply;
}

/** Reads a reply to its end, holding it to what every reply promises. */
export async function hear(service: AiService, request: Partial<ReplyRequest> = {}): Promise<HeardReply> {
  const parts: ReplyPart[] = [];
  for await (const part of service.reply({ message: 'Hello there', history: [], ...request })) {
    parts.push(part);
  }
  const deltas = parts.flatMap((part) => (part.type === 'delta' ? [part.text] : []));
  const last = parts.at(-1);
  if (last?.type !== 'finish') {
    throw new Error('a reply must end with its finish part');
  }
  expect(parts.filter(({ type }) => type === 'finish')).toHaveLength(1);
  expect(deltas).not.toContain('');
  expect(deltas.join('')).toBe(last.reply.text);
  return { deltas, reply: last.reply };
}

/** What the code under test wrote through Nest's `Logger`. */
export class CapturedLog implements LoggerService {
  readonly entries: { readonly level: string; readonly message: unknown }[] = [];

  static install(): CapturedLog {
    const log = new CapturedLog();
    Logger.overrideLogger(log);
    return log;
  }

  log(message: unknown): void {
    this.entries.push({ level: 'log', message });
  }

  warn(message: unknown): void {
    this.entries.push({ level: 'warn', message });
  }

  error(message: unknown): void {
    this.entries.push({ level: 'error', message });
  }

  /** What was written about failed calls, in their order. */
  get failures(): readonly { readonly reason: unknown }[] {
    return this.failureEntries.map(({ message }) => message as { reason: unknown });
  }

  get failureLevels(): string[] {
    return this.failureEntries.map(({ level }) => level);
  }

  /** The reasons of the failed calls, in their order. */
  get reasons(): unknown[] {
    return this.failures.map(({ reason }) => reason);
  }

  /** The rest of what was written. */
  get others(): unknown[] {
    return this.entries.filter((entry) => !isFailure(entry)).map(({ message }) => message);
  }

  private get failureEntries() {
    return this.entries.filter(isFailure);
  }
}

function isFailure({ message }: { readonly message: unknown }): boolean {
  return (message as { msg?: unknown }).msg === 'model call failed';
}
