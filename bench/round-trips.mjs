/** Counts the service's database round trips, in a short run of its own whose times are not reported. */
import { fileURLToPath } from 'node:url';
import { nextMessage, stopChild } from './child.mjs';
import { startService } from './rivals.mjs';

const SAMPLES = 20;
const LOADED_SECONDS = 1;
const ANSWER_TIMEOUT_MS = 10_000;

async function take(child) {
  const answer = nextMessage(child, ANSWER_TIMEOUT_MS);
  child.send('take');
  return (await answer).steps;
}

const countDatabase = (steps) => steps.filter((step) => step === 'database').length;

/** The most of any request, so that a second one now and then cannot hide in an average. */
function summarise(samples) {
  const most = (count) => Math.max(...samples.map(count));
  const all = most(countDatabase);
  if (samples.every((steps) => !steps.includes('model'))) {
    return { all, beforeModel: null, afterModel: null };
  }
  return {
    all,
    beforeModel: most((steps) => countDatabase(steps.slice(0, steps.indexOf('model')))),
    afterModel: most((steps) => countDatabase(steps.slice(steps.lastIndexOf('model')))),
  };
}

/**
 * For each route: the most round trips of one request when requests come one by one, and the average per
 * request under load, where requests may also share one.
 */
export async function countRoundTrips(routes, setting, load) {
  const preload = fileURLToPath(new URL('count-round-trips.mjs', import.meta.url));
  const service = await startService(setting, ['--import', preload]);
  try {
    const counts = {};
    for (const route of routes) {
      // Opens the connections and prepares the statements, which is not part of any later request.
      const loadOnce = (tokens, seconds) =>
        load({ origin: service.origin, route, tokens, seconds, warmUpSeconds: 0 });
      await loadOnce(route.tokens, 0);
      const samples = [];
      for (let sample = 0; sample < SAMPLES; sample += 1) {
        await take(service.child);
        await loadOnce([route.tokens[sample % route.tokens.length]], 0);
        samples.push(await take(service.child));
      }
      const { total } = await loadOnce(route.tokens, LOADED_SECONDS);
      const underLoad = countDatabase(await take(service.child)) / total;
      counts[route.name] = { ...summarise(samples), underLoad };
    }
    return counts;
  } finally {
    await stopChild(service.child);
  }
}
