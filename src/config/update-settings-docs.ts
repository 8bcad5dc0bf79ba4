import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderEnvExample, replaceSettingsTable } from './settings-docs.js';

/** The documents that show the settings, each with how its text follows from the one before. */
const DOCUMENTS: ReadonlyMap<string, (before: string) => string> = new Map([
  ['.env.example', renderEnvExample],
  ['README.md', replaceSettingsTable],
]);

/**
 * Brings .env.example and the marked part of README.md up to date, or only compares them.
 *
 * @returns the names of the files that differed.
 * @throws {Error} when README.md does not mark where the settings go; .env.example is up to date then.
 */
export function updateSettingsDocs(projectDirectory: string, mode: 'write' | 'check'): string[] {
  const stale: string[] = [];
  for (const [name, render] of DOCUMENTS) {
    const file = join(projectDirectory, name);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const after = render(before);
    if (after !== before) {
      stale.push(name);
      if (mode === 'write') {
        writeFileSync(file, after);
      }
    }
  }
  return stale;
}
