/**
 * Writes packages/client/src/api.ts, the types of the client, from openapi.json. With `--check` only tells whether that
 * has been done since openapi.json changed, by its digest: the generator is not among the service's dependencies.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { generateClientTypes, installGenerators } from './sdk-generators.mjs';

const OUTPUT = 'packages/client/src/api.ts';

const digest = createHash('sha256').update(readFileSync('openapi.json')).digest('hex');
const heading = `// Generated from openapi.json with SHA-256 ${digest}: npm run client:generate\n`;

if (process.argv.includes('--check')) {
  if (!readFileSync(OUTPUT, 'utf8').startsWith(heading)) {
    console.error(`${OUTPUT} is out of date: run "npm run client:generate" and commit it`);
    process.exitCode = 1;
  }
} else {
  installGenerators();
  const text = heading + generateClientTypes();
  if (!process.argv.includes('--compare')) {
    writeFileSync(OUTPUT, text);
  } else if (readFileSync(OUTPUT, 'utf8') !== text) {
    console.error(`${OUTPUT} is not what its generator makes: run "npm run client:generate" and commit it`);
    process.exitCode = 1;
  }
}
