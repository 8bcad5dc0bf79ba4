import { customCleanEnv } from 'envalid';
import type { ConfigurationFault } from './configuration-error.js';
import { SETTING_NAMES, SETTINGS, type SettingName, type Settings } from './settings.js';

export interface SettingsReading {
  /** A setting with a fault is undefined here, whatever its type says. */
  readonly settings: Settings;
  readonly faults: readonly ConfigurationFault[];
}

/**
 * Reads every setting by itself. A blank value counts as not set, because that is what Docker Compose passes
 * for a variable it has no value for.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): SettingsReading {
  const texts = new Map<SettingName, string>();
  for (const name of SETTING_NAMES) {
    const text = environment[name]?.trim() ?? '';
    if (text !== '') {
      texts.set(name, text);
    }
  }
  const faults: ConfigurationFault[] = [];
  // Not `cleanEnv`, whose result throws on reading a setting that has a fault.
  const settings = customCleanEnv(Object.fromEntries(texts), SETTINGS, (values) => values, {
    reporter: ({ errors }) => {
      for (const [name, error] of Object.entries(errors)) {
        faults.push({ name, problem: error.message });
      }
    },
  });
  return { settings, faults };
}
