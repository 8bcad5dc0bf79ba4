/** Loads the rivals by turns and notes what they do and what they hold. */
import { clearInterval, setInterval } from 'node:timers';
import { nextMessage } from './child.mjs';
import { cpuMsOf, memoryOf } from './process-usage.mjs';

const WARM_UP_SECONDS = 1;
const MEMORY_SAMPLE_MS = 500;
const LOAD_GRACE_MS = 60_000;

/** Sends an order to the load process; one at a time. */
export async function runLoad(worker, { origin, route, tokens, seconds, warmUpSeconds }) {
  const { method, path, body } = route;
  const answer = nextMessage(worker, (seconds + warmUpSeconds) * 1_000 + LOAD_GRACE_MS);
  worker.send({ origin, route: { method, path, body }, tokens, seconds, warmUpSeconds });
  const { result, failure } = await answer;
  if (failure !== undefined) {
    throw new Error(failure);
  }
  return result;
}

/** Samples a process's memory while `work` runs; keeps the sample with the most resident pages. */
async function watchMemory(rival, work) {
  const sample = async () => {
    const now = await memoryOf(rival.child.pid);
    if ((now.rss ?? -1) > (rival.highest?.rss ?? -2)) {
      rival.highest = now;
    }
  };
  const timer = setInterval(() => void sample(), MEMORY_SAMPLE_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await sample();
  }
}

/** A whole round before those that count: a young process still compiles what it runs. */
async function warmUp(rivals, routes, load, seconds) {
  for (const route of routes) {
    for (const { origin } of Object.values(rivals)) {
      await load({ origin, route, tokens: route.tokens, seconds, warmUpSeconds: 0 });
    }
  }
}

export async function measure(rivals, routes, load, { seconds, rounds }) {
  const results = Object.fromEntries(routes.map(({ name }) => [name, { service: [], bare: [] }]));
  await warmUp(rivals, routes, load, seconds);
  for (let round = 0; round < rounds; round += 1) {
    for (const route of routes) {
      const order = Object.entries(rivals);
      for (const [name, rival] of round % 2 === 0 ? order : order.reverse()) {
        const job = {
          origin: rival.origin,
          route,
          tokens: route.tokens,
          seconds,
          warmUpSeconds: WARM_UP_SECONDS,
        };
        const cpuBefore = await cpuMsOf(rival.child.pid);
        const result = await watchMemory(rival, () => load(job));
        const cpuAfter = await cpuMsOf(rival.child.pid);
        // Of all requests, those of the warm-up too: the processor worked for them just the same.
        result.cpuMs = cpuBefore === null ? null : (cpuAfter - cpuBefore) / result.total;
        results[route.name][name].push(result);
        console.error(
          `round ${round + 1}  ${route.name}  ${name}: ${result.perSecond.toFixed(0)} requests/s`,
        );
      }
    }
  }
  return results;
}
