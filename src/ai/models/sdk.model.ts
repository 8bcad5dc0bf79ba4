import type { LanguageModel } from 'ai';
import { ModelFailure } from '../model-failure.js';
import type { Prompt } from '../prompt.js';
import type { TokenUsage } from '../reply.js';
import type { Model } from './model.js';

export interface SamplingSettings {
  readonly temperature: number;
  readonly maxTokens: number;
}

/** What every provider of the SDK implements: its versioned language-model specification. */
type SdkLanguageModel = Extract<LanguageModel, { specificationVersion: 'v4' }>;
type SdkPrompt = Parameters<SdkLanguageModel['doStream']>[0]['prompt'];
type StreamPart =
  Awaited<ReturnType<SdkLanguageModel['doStream']>>['stream'] extends ReadableStream<infer Part>
    ? Part
    : never;
type Finish = Extract<StreamPart, { type: 'finish' }>;

/**
 * A model of a provider, called through the AI SDK's provider interface. Not through its `streamText`: that
 * adds tools, steps, retries and the printing of errors, none of which is wanted, for twice the time.
 */
export class SdkModel implements Model {
  private loaded: Promise<SdkLanguageModel> | undefined;

  constructor(
    readonly name: string,
    private readonly load: () => Promise<SdkLanguageModel>,
    private readonly settings: SamplingSettings,
  ) {}

  async *stream(prompt: Prompt, signal: AbortSignal): AsyncGenerator<string, TokenUsage, undefined> {
    const model = await (this.loaded ??= this.load());
    const { stream } = await model.doStream({
      prompt: sdkPrompt(prompt),
      temperature: this.settings.temperature,
      maxOutputTokens: this.settings.maxTokens,
      abortSignal: signal,
    });
    let finish: Finish | undefined;
    for await (const part of stream) {
      switch (part.type) {
        case 'text-delta':
          yield part.delta;
          break;
        case 'error':
          throw ModelFailure.of(part.error);
        case 'finish':
          finish = part;
          break;
        default:
          break;
      }
    }
    assertComplete(finish?.finishReason);
    return {
      promptTokens: finish?.usage.inputTokens.total ?? null,
      completionTokens: finish?.usage.outputTokens.total ?? null,
    };
  }
}

function sdkPrompt({ instructions, messages }: Prompt): SdkPrompt {
  return [
    { role: 'system', content: instructions },
    ...messages.map(({ role, content }) => ({ role, content: [{ type: 'text' as const, text: content }] })),
  ];
}

function assertComplete(reason: Finish['finishReason'] | undefined): void {
  // A model that declines in words has stopped by itself, and its words are the answer.
  if (reason?.unified === 'content-filter' && reason.raw !== 'stop') {
    throw new ModelFailure('refused');
  }
  // A reason the SDK does not know is still an end; no reason at all is a stream that broke off.
  if (reason?.raw === undefined || reason.unified === 'error') {
    throw new ModelFailure('malformed');
  }
}
