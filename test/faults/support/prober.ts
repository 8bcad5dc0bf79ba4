/**
 * A process of its own that asks for liveness all the time, each time on a new connection, and tells how long the
 * answers took: in the process that makes the load, its own work would be counted with them.
 */
import { get } from 'node:http';

const EVERY_MS = 50;
const url = process.argv[2] ?? '';
const durations: number[] = [];
let failed = 0;

function ask(): void {
  const startedAt = performance.now();
  const call = get(url, { agent: false, timeout: 5_000 }, (response) => {
    response.resume().once('end', () => {
      durations.push(performance.now() - startedAt);
      failed += response.statusCode === 200 ? 0 : 1;
      setTimeout(ask, EVERY_MS);
    });
  });
  call.once('timeout', () => call.destroy());
  call.once('error', () => {
    durations.push(performance.now() - startedAt);
    failed += 1;
    setTimeout(ask, EVERY_MS);
  });
}

process.once('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify({ durations, failed })}\n`, () => process.exit(0));
});
ask();
