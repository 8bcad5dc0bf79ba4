import type { AiModelReference, Configuration } from '../../config/configuration.js';
import type { Model } from './model.js';
import { OfflineModel } from './offline.model.js';
import { SDK_PROVIDERS } from './sdk-providers.js';
import { SdkModel } from './sdk.model.js';

/** The configured models, in the order in which they are to be tried. */
export function createModels(settings: Configuration['ai']): Model[] {
  return settings.models.map((reference) => createModel(reference, settings));
}

function createModel({ provider, model }: AiModelReference, settings: Configuration['ai']): Model {
  if (provider === 'offline') {
    return new OfflineModel();
  }
  const { apiKey = '', baseUrl } = settings[provider];
  return new SdkModel(
    `${provider}:${model}`,
    () => SDK_PROVIDERS[provider](model, { apiKey, baseUrl }),
    settings,
  );
}
