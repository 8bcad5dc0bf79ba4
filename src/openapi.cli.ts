import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createApplication } from './application.js';
import { describeApi } from './common/openapi/api-description.js';
import { surfaceOf } from './common/openapi/api-surface.js';
import { createPino } from './common/logging/pino-logger.js';
import { loadConfiguration } from './config/load-configuration.js';

/**
 * Writes from the decorators openapi.json, its 3.0.3 twin, and the list of the names clients are written against; with
 * `--check` only compares, and fails if one is out of date.
 * Nothing is started: the document depends on the code alone, not on a database or on anybody's settings.
 */
async function main(): Promise<void> {
  const { configuration } = loadConfiguration({ DATA_DIR: tmpdir(), LOG_LEVEL: 'silent' }, tmpdir(), false);
  const logger = await createPino(configuration.log);
  const app = await createApplication(configuration, { url: 'postgresql://nowhere.invalid/none' }, logger);
  const document = describeApi(app);
  await Promise.all([
    put('openapi.json', document),
    put('openapi-3.0.json', describeApi(app, '3.0.3')),
    put('contract/surface.json', surfaceOf(document)),
  ]);
}

async function put(path: string, content: object): Promise<void> {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    await writeFile(path, text);
  } else if ((await readFile(path, 'utf8')) !== text) {
    process.stderr.write(`${path} is out of date: run "npm run openapi" and commit it\n`);
    process.exitCode = 1;
  }
}

await main();
