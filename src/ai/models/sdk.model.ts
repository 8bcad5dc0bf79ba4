import type { FinishReason, LanguageModel, LanguageModelUsage } from 'ai';
import { ModelFailure } from '../model-failure.js';
import type { Prompt } from '../prompt.js';
import type { TokenUsage } from '../reply.js';
import type { Model } from './model.js';

export interface SamplingSettings {
  readonly temperature: number;
  readonly maxTokens: number;
}

/** A model of a provider, called through the AI SDK. */
export class SdkModel implements Model {
  private loaded: Promise<LanguageModel> | undefined;

  constructor(
    readonly name: string,
    private readonly load: () => Promise<LanguageModel>,
    private readonly settings: SamplingSettings,
  ) {}

  async *stream(
    { instructions, messages }: Prompt,
    signal: AbortSignal,
  ): AsyncGenerator<string, TokenUsage, undefined> {
    const model = await (this.loaded ??= this.load());
    const { streamText } = await loadSdk();
    const result = streamText({
      model,
      // Anthropic refuses a blank one.
      ...(instructions.trim() !== '' && { instructions }),
      messages: [...messages],
      temperature: this.settings.temperature,
      maxOutputTokens: this.settings.maxTokens,
      abortSignal: signal,
      // Trying again is the chain's business: it knows the deadline and the other models.
      maxRetries: 0,
      // Without it the SDK prints the error, and with it the conversation and the provider's words.
      onError: () => undefined,
      telemetry: { isEnabled: false },
    });
    let usage: TokenUsage | undefined;
    for await (const part of result.stream) {
      switch (part.type) {
        case 'text-delta':
          yield part.text;
          break;
        case 'error':
          throw ModelFailure.of(part.error);
        case 'finish':
          assertComplete(part.finishReason, part.rawFinishReason);
          usage = usageOf(part.totalUsage);
          break;
        default:
          break;
      }
    }
    if (usage === undefined) {
      // The SDK ends its stream in good order when the signal aborts.
      throw new ModelFailure(signal.aborted ? 'timed_out' : 'malformed');
    }
    return usage;
  }
}

/** The SDK itself, imported when a model is first called, like the providers. */
async function loadSdk(): Promise<typeof import('ai')> {
  // It would print warnings about settings a model does not know, such as a reasoning model's temperature.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  return import('ai');
}

function assertComplete(reason: FinishReason, providersReason: string | undefined): void {
  // A model that declines in words has stopped by itself, and its words are the answer.
  if (reason === 'content-filter' && providersReason !== 'stop') {
    throw new ModelFailure('refused');
  }
  // A reason the SDK does not know is still an end; no reason at all is a stream that broke off.
  if (reason === 'error' || providersReason === undefined) {
    throw new ModelFailure('malformed');
  }
}

function usageOf({ inputTokens, outputTokens }: LanguageModelUsage): TokenUsage {
  return { promptTokens: inputTokens ?? null, completionTokens: outputTokens ?? null };
}
