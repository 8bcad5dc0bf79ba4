/** The generators of test/sdks, which the service itself does not depend on. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const FOLDER = 'test/sdks';
export const GENERATED = join(FOLDER, 'generated');
const INSTALLED = join(FOLDER, 'node_modules', '.package-lock.json');

/** Runs a command to its end, and shows what it said if it fails. */
export function run(command, parameters, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8', ...options });
  if (status !== 0) {
    console.error(
      `${command} ${parameters.join(' ')} failed\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`,
    );
    process.exit(1);
  }
  return stdout;
}

export function tool(name, parameters, options) {
  // Some read the settings of linters beside them as their own; there are none in the folder.
  return run(resolve(FOLDER, 'node_modules', '.bin', name), parameters, { cwd: FOLDER, ...options });
}

export function installGenerators() {
  const wanted = statSync(join(FOLDER, 'package-lock.json')).mtimeMs;
  if (!existsSync(INSTALLED) || statSync(INSTALLED).mtimeMs < wanted) {
    run('npm', ['ci', '--prefix', FOLDER]);
  }
}

export function generateClientTypes() {
  const output = join(GENERATED, 'client-types.ts');
  const flags = ['--root-types', '--root-types-no-schema-prefix'];
  tool('openapi-typescript', ['../../openapi.json', ...flags, '-o', 'generated/client-types.ts']);
  const text = readFileSync(output, 'utf8');
  rmSync(output);
  return text;
}
