import { resolve } from 'node:path';
import { buildConfiguration } from './build-configuration.js';
import { ConfigurationError, type ConfigurationFault } from './configuration-error.js';
import type { Configuration } from './configuration.js';
import { deepFreeze } from './deep-freeze.js';
import { keepDevelopmentSecrets, type DevelopmentSecrets } from './development-secrets.js';
import { findMisspelledNames } from './misspelled-names.js';
import { readSettings } from './read-settings.js';
import { checkRules } from './setting-rules.js';
import { SETTING_NAMES, type SettingName, type Settings } from './settings.js';
import { BUILT_IN_SYSTEM_PROMPT, readSystemPrompt } from './system-prompt.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadedConfiguration {
  /** Frozen through and through. */
  readonly configuration: Configuration;
  /** Sentences for the log about what is probably not meant so. */
  readonly warnings: readonly string[];
}

/**
 * Turns environment variables into the configuration of the service. Apart from reading the file named by
 * AI_SYSTEM_PROMPT_FILE, and outside production keeping generated secrets in DATA_DIR, it touches nothing.
 *
 * @param workingDirectory where relative paths start.
 * @param isTerminal whether the log is read by a person, which decides the default of LOG_FORMAT.
 * @throws {ConfigurationError} with every fault at once. Nothing has been written then.
 */
export function loadConfiguration(
  environment: Environment,
  workingDirectory: string,
  isTerminal = false,
): LoadedConfiguration {
  const { settings, faults: readingFaults } = readSettings(environment);
  const faults = [...readingFaults, ...checkRules(settings, readingFaults)];
  const { AI_SYSTEM_PROMPT_FILE: promptFile } = settings;
  const systemPrompt =
    promptFile === undefined
      ? BUILT_IN_SYSTEM_PROMPT
      : attempt('AI_SYSTEM_PROMPT_FILE', faults, () =>
          readSystemPrompt(resolve(workingDirectory, promptFile)),
        );
  if (faults.length > 0 || systemPrompt === undefined) {
    throw new ConfigurationError(inTableOrder(faults));
  }
  const dataDirectory = resolve(workingDirectory, settings.DATA_DIR);
  const secrets = attempt('DATA_DIR', faults, () => findSecrets(settings, dataDirectory));
  if (secrets === undefined) {
    throw new ConfigurationError(faults);
  }
  const surroundings = { dataDirectory, systemPrompt, secrets, isTerminal };
  return {
    configuration: deepFreeze(buildConfiguration(settings, surroundings)),
    warnings: findWarnings(environment, settings),
  };
}

function attempt<T>(name: SettingName, faults: ConfigurationFault[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    faults.push({ name, problem: (error as Error).message });
    return undefined;
  }
}

function inTableOrder(faults: readonly ConfigurationFault[]): ConfigurationFault[] {
  const names: readonly string[] = SETTING_NAMES;
  return faults.toSorted((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
}

/** In production both are set, or a rule has found the fault. */
function findSecrets(settings: Settings, dataDirectory: string): DevelopmentSecrets {
  const { JWT_SECRET_KEY, EMAIL_HASH_KEY } = settings;
  if (JWT_SECRET_KEY !== undefined && EMAIL_HASH_KEY !== undefined) {
    return { JWT_SECRET_KEY, EMAIL_HASH_KEY };
  }
  const kept = keepDevelopmentSecrets(dataDirectory);
  return {
    JWT_SECRET_KEY: JWT_SECRET_KEY ?? kept.JWT_SECRET_KEY,
    EMAIL_HASH_KEY: EMAIL_HASH_KEY ?? kept.EMAIL_HASH_KEY,
  };
}

function findWarnings(environment: Environment, settings: Settings): string[] {
  const warnings = [...findMisspelledNames(environment, SETTING_NAMES)].map(
    ([name, meant]) => `${name} is not a setting; ${meant} was probably meant.`,
  );
  const models = settings.AI_MODELS ?? [];
  if (models.length > 1 && models.some(({ provider }) => provider === 'offline')) {
    warnings.push(
      'AI_MODELS lists offline beside real models: when those fail, visitors read that no model is configured.',
    );
  }
  return warnings;
}
