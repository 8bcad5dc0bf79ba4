/**
 * The load, in a process of its own: each session has one kept-alive connection and sends its next request
 * when the last is answered. Takes one order at a time from its parent and answers with what it saw.
 */
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { Client } from 'undici';

/** A visitor's browser, so that the service's look at the caller costs what it costs in real life. */
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const RESPONSE_TIMEOUT_MS = 30_000;

/** Resolves to the status once the whole body has arrived; the body is kept only when it is asked for. */
function send(client, options, keepBody) {
  return new Promise((resolve, reject) => {
    let status;
    const chunks = [];
    client.dispatch(options, {
      onRequestStart() {},
      onResponseStart(_controller, statusCode) {
        status = statusCode;
      },
      onResponseData(_controller, chunk) {
        if (keepBody) {
          chunks.push(chunk);
        }
      },
      onResponseEnd: () => resolve({ status, body: Buffer.concat(chunks).toString('utf8') }),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}

function requestOptions({ method, path, body }, token) {
  const headers = { 'user-agent': USER_AGENT, accept: 'application/json' };
  if (token !== undefined) {
    headers.authorization = `Bearer ${token}`;
  }
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
  }
  return { method, path, headers, body };
}

/** Loads until the time is over; whatever is then in flight is waited for but not counted. */
async function runSession(client, options, startAt, endAt, seen) {
  const first = await send(client, options, true);
  if (first.status !== 200) {
    throw new Error(`${options.method} ${options.path} answered ${first.status}: ${first.body}`);
  }
  seen.total += 1;
  for (let sentAt = performance.now(); sentAt < endAt; sentAt = performance.now()) {
    const { status } = await send(client, options, false);
    const answeredAt = performance.now();
    if (status !== 200) {
      throw new Error(`${options.method} ${options.path} answered ${status}`);
    }
    seen.total += 1;
    if (answeredAt >= startAt && answeredAt < endAt) {
      seen.latencies.push(answeredAt - sentAt);
    }
  }
}

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

async function run({ origin, route, tokens, seconds, warmUpSeconds }) {
  const seen = { total: 0, latencies: [] };
  const startAt = performance.now() + warmUpSeconds * 1_000;
  const endAt = startAt + seconds * 1_000;
  const clients = tokens.map(
    () => new Client(origin, { headersTimeout: RESPONSE_TIMEOUT_MS, bodyTimeout: RESPONSE_TIMEOUT_MS }),
  );
  try {
    await Promise.all(
      clients.map((client, index) =>
        runSession(client, requestOptions(route, tokens[index]), startAt, endAt, seen),
      ),
    );
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
  const latencies = seen.latencies.sort((one, other) => one - other);
  return {
    total: seen.total,
    requests: latencies.length,
    perSecond: seconds === 0 ? 0 : latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
  };
}

process.on('message', (order) => {
  run(order)
    .then((result) => process.send({ result }))
    .catch((error) => process.send({ failure: error.message }));
});
process.once('disconnect', () => process.exit(0));
process.send({ ready: true });
