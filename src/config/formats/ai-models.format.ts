import type { AiModelReference, AiProvider } from '../configuration.js';
import type { Format } from './format.js';
import { listOf } from './list.format.js';

const PROVIDERS: readonly AiProvider[] = ['google', 'openai', 'anthropic', 'compatible'];

const aiModel: Format<AiModelReference> = {
  accepts: 'provider:model',
  parse: (text) => {
    if (text === 'offline') {
      return { provider: 'offline', model: 'offline' };
    }
    // Only the first colon separates: a model's own name may hold more of them (llama3:8b).
    const [, name, model] = /^([a-z]+):(\S+)$/.exec(text) ?? [];
    const provider = PROVIDERS.find((each) => each === name);
    return provider !== undefined && model !== undefined ? { provider, model } : undefined;
  },
};

/** The models to ask, in the order in which they are tried. */
export const aiModels = listOf(
  aiModel,
  `a comma-separated list of provider:model, where the provider is ${PROVIDERS.join(', ')}; or offline`,
);
