/**
 * Builds the service unless the last build is newer than everything it was made from, so that a restart
 * costs nothing. Runs before `npm start` and `npm test`; plain JavaScript, because it runs before any build.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = [
  'src',
  'migrations',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const STAMP = join('dist', '.built');
const LOWEST_NODE = [24, 15];

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < LOWEST_NODE[0] || (major === LOWEST_NODE[0] && minor < LOWEST_NODE[1])) {
    console.error(
      `Parley needs Node.js ${LOWEST_NODE.join('.')} or newer, and this is ${process.versions.node}. ` +
        'On Linux "npm ci" installs a fitting one beside the project; here none came with it, so install one.',
    );
    process.exit(78);
  }
}

function newestChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) {
    return stats.mtimeMs;
  }
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

function builtAt() {
  return statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

requireNode();
const startedAt = new Date();
if (builtAt() < Math.max(...SOURCES.map(newestChange))) {
  console.error('Building Parley …');
  const nest = join('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
  writeFileSync(STAMP, `${startedAt.toISOString()}\n`);
}
