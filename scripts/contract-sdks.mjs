/**
 * Generates SDKs from the description, compiles them strictly, and holds conversations with the built service through
 * two of them. Exits 1 at the first that does not work.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { FOLDER, GENERATED, installGenerators, run, tool } from './sdk-generators.mjs';

const DOCUMENT = '../../openapi.json';
const LARGEST_CLIENT = 10_000;
const START_TIMEOUT_MS = 60_000;

installGenerators();
await rm(GENERATED, { recursive: true, force: true });
run('npm', ['run', '--silent', 'client:generate', '--', '--compare']);

tool('openapi-ts', ['-i', DOCUMENT, '-o', 'generated/hey-api']);
tool('openapi-typescript', [DOCUMENT, '-o', 'generated/openapi-fetch/api.ts']);
tool('orval', ['--input', DOCUMENT, '--output', 'generated/orval/api.ts', '--client', 'fetch']);
tool('swagger-typescript-api', ['generate', '-p', DOCUMENT, '-o', 'generated/swagger-typescript-api']);
await generateWithJava();
await compileWithoutExceptions();
tool('tsc', ['-p', '.']);
console.log('compiled strictly: @hey-api/openapi-ts, openapi-typescript, orval, swagger-typescript-api');

await weighClient();
await withService(async (url) => {
  for (const name of ['hey-api', 'openapi-fetch']) {
    const bundle = `generated/${name}.mjs`;
    tool('esbuild', [
      ...[`${name}.conversation.ts`, '--bundle', '--platform=node', '--format=esm'],
      ...[`--outfile=${bundle}`, '--log-level=error'],
    ]);
    const { converse } = await import(pathToFileURL(resolve(FOLDER, bundle)).href);
    await converse(url);
    console.log(`held a conversation, met a typed error and resumed a stream: ${name}`);
  }
});

/** Old generators take the 3.0.3 twin. Their program comes with a package of Python's and runs on Java. */
async function generateWithJava() {
  const missing = ['java', 'python3'].find((command) => spawnSync(command, ['-version']).error !== undefined);
  const folder = await mkdtemp(join(tmpdir(), 'parley-openapi-generator-'));
  try {
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder];
    if (missing !== undefined) {
      console.log(`skipped: openapi-generator (there is no ${missing})`);
    } else if (spawnSync('python3', [...pip, 'openapi-generator-cli==7.26.0']).status !== 0) {
      console.log('skipped: openapi-generator (its package cannot be installed)');
    } else {
      const [jar] = globSync(join(folder, '**/*.jar'));
      for (const generator of ['typescript-axios', 'python']) {
        const output = resolve(GENERATED, generator);
        run('java', ['-jar', jar, 'generate', '-i', 'openapi-3.0.json', '-g', generator, '-o', output]);
      }
      run('python3', ['-m', 'compileall', '-q', resolve(GENERATED, 'python')]);
      console.log('generated and compiled: openapi-generator typescript-axios, python');
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What asks the compiler to look away is taken out: the code is to be right. */
async function compileWithoutExceptions() {
  for (const path of globSync(join(GENERATED, '**/*.ts'))) {
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll(/^\/\/ @ts-nocheck$/gm, ''));
  }
}

async function weighClient() {
  run('npm', ['run', '--silent', 'build'], { cwd: 'packages/client' });
  const bundle = tool('esbuild', [
    '../../packages/client/dist/index.js',
    '--bundle',
    '--minify',
    '--format=esm',
  ]);
  const size = gzipSync(bundle, { level: 9 }).length;
  console.log(`packages/client: ${Buffer.byteLength(bundle)} bytes in one file, ${size} compressed`);
  if (size > LARGEST_CLIENT) {
    console.error(`that is more than ${LARGEST_CLIENT}`);
    process.exitCode = 1;
  }
}

async function withService(use) {
  const port = await freePort();
  const data = await mkdtemp(join(tmpdir(), 'parley-sdks-'));
  const service = spawn(process.execPath, ['dist/src/main.js', '--stop-with-parent'], {
    env: {
      ...process.env,
      ...{
        NODE_ENV: 'development',
        HOST: '127.0.0.1',
        PORT: String(port),
        METRICS_PORT: '0',
        DATA_DIR: data,
      },
      ...{ LOG_FORMAT: 'json', AI_MODELS: 'offline', CHAT_RATE_LIMIT: '1000/minute' },
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(service, 'close');
  try {
    await ready(service);
    await use(`http://127.0.0.1:${port}`);
  } finally {
    service.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  }
}

function ready(service) {
  let output = '';
  return new Promise((resolveReady, reject) => {
    service.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('/docs')) {
        resolveReady();
      }
    });
    service.once('close', (code) => reject(new Error(`the service ended with ${code}:\n${output}`)));
    setTimeout(() => reject(new Error(`not ready in time:\n${output}`)), START_TIMEOUT_MS).unref();
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
