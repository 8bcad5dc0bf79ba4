import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createApplication } from './application.js';
import { describeApi } from './common/openapi/api-description.js';
import { createPino } from './common/logging/pino-logger.js';
import { loadConfiguration } from './config/load-configuration.js';

const OUTPUT = 'openapi.json';

/**
 * Writes openapi.json from the decorators; with `--check` only compares, and fails if it is out of date.
 * Nothing is started: the document depends on the code alone, not on a database or on anybody's settings.
 */
async function main(): Promise<void> {
  const { configuration } = loadConfiguration({ DATA_DIR: tmpdir(), LOG_LEVEL: 'silent' }, tmpdir(), false);
  const logger = await createPino(configuration.log);
  const app = await createApplication(configuration, { url: 'postgresql://nowhere.invalid/none' }, logger);
  const document = `${JSON.stringify(describeApi(app), null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    await writeFile(OUTPUT, document);
  } else if ((await readFile(OUTPUT, 'utf8')) !== document) {
    process.stderr.write(`${OUTPUT} is out of date: run "npm run openapi" and commit it\n`);
    process.exitCode = 1;
  }
}

await main();
