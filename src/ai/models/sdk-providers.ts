import type { LanguageModel } from 'ai';
import type { AiProvider } from '../../config/configuration.js';

export interface Endpoint {
  readonly apiKey: string;
  /** Absent: the provider's own. */
  readonly baseUrl: string | undefined;
}

type ModelLoader = (
  model: string,
  endpoint: Endpoint,
) => Promise<Extract<LanguageModel, { specificationVersion: 'v4' }>>;

/**
 * Each SDK is imported when its first model is called: they cost megabytes, and most services use one.
 * Key and address are always given, even an empty key: what is missing the SDKs read from the environment.
 */
export const SDK_PROVIDERS: Readonly<Record<Exclude<AiProvider, 'offline'>, ModelLoader>> = {
  google: async (model, { apiKey, baseUrl = 'https://generativelanguage.googleapis.com/v1beta' }) => {
    const { createGoogle } = await import('@ai-sdk/google');
    return createGoogle({ apiKey, baseURL: baseUrl }).chat(model);
  },
  openai: async (model, { apiKey, baseUrl = 'https://api.openai.com/v1' }) => {
    const { createOpenAI } = await import('@ai-sdk/openai');
    // Chat completions rather than responses: the API that other servers speak too.
    return createOpenAI({ apiKey, baseURL: baseUrl }).chat(model);
  },
  anthropic: async (model, { apiKey, baseUrl = 'https://api.anthropic.com/v1' }) => {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({ apiKey, baseURL: baseUrl }).chat(model);
  },
  compatible: async (model, { apiKey, baseUrl = '' }) => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    return createOpenAICompatible({
      name: 'compatible',
      apiKey,
      baseURL: baseUrl,
      includeUsage: true,
    }).chatModel(model);
  },
};
