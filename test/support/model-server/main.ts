import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';

/**
 * Runs the server as a process of its own, for benchmarks, without a build:
 *
 *     node test/support/model-server/main.ts --port 9001 --words-per-delta 4
 *
 * Prints its base URL and runs until it is told to end.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'words-per-delta': { type: 'string', default: '1' },
    'delay-ms': { type: 'string', default: '0' },
    'delta-delay-ms': { type: 'string', default: '0' },
  },
});

// Node runs TypeScript as it is, but does not look for `x.ts` where the import says `x.js`.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier.startsWith('./') ? specifier.replace(/\.js$/, '.ts') : specifier, context),
});
const { ModelServer } = await import('./model-server.js');
const { echo } = await import('./model-script.js');

const server = await ModelServer.start({
  port: Number(values.port),
  isRecording: false,
  reply: echo({
    wordsPerDelta: Number(values['words-per-delta']),
    delayMs: Number(values['delay-ms']),
    deltaDelayMs: Number(values['delta-delay-ms']),
  }),
});
process.stdout.write(`${server.url}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.close());
}
