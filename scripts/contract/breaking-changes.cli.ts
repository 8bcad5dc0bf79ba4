import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ApiDocument } from './api-document.js';
import { breakingChanges } from './breaking-changes.js';

const RELEASED = 'contract/released/openapi.json';
const CURRENT = 'openapi.json';

/**
 * Compares openapi.json with that of the last release and fails where a client made for that one would break.
 * Both can be named: `[RELEASED [CURRENT]]`.
 */
async function main([released = RELEASED, current = CURRENT]: readonly string[]): Promise<void> {
  if (released === RELEASED && !existsSync(released)) {
    console.log(`skipped: nothing is released yet, there is no ${RELEASED} to compare with`);
    return;
  }
  const [before, after] = await Promise.all([read(released), read(current)]);
  const changes = breakingChanges(before, after);
  for (const { rule, where, what } of changes) {
    console.error(`${rule}: ${where}: ${what}`);
  }
  if (changes.length > 0) {
    console.error(`${changes.length} changes of ${current} break clients made for ${released}`);
    process.exitCode = 1;
  }
}

async function read(path: string): Promise<ApiDocument> {
  return JSON.parse(await readFile(path, 'utf8')) as ApiDocument;
}

await main(process.argv.slice(2));
