import type { FastifyInstance, HTTPMethods } from 'fastify';
import findMyWay from 'find-my-way';
import { Problem } from '../problem/problem.js';

/**
 * Answers what no route answers, before any body is read: 405 with `Allow` where the address exists under
 * another method, otherwise 404. Must be called before routes are added.
 */
export function registerUnmatchedRoutes(server: FastifyInstance): void {
  const router = findMyWay();
  const methods = new Set<HTTPMethods>();
  server.addHook('onRoute', ({ method, url }) => {
    // The catch-all of CORS preflights is no address of ours.
    if (url === '*') {
      return;
    }
    for (const each of Array.isArray(method) ? method : [method]) {
      methods.add(each);
      if (!router.hasRoute(each as never, url)) {
        router.on(each as never, url, () => undefined);
      }
    }
  });
  server.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    const path = request.url.split('?', 1)[0] ?? '/';
    const allowed = [...methods].filter((method) => router.find(method as never, path) !== null).sort();
    done(unmatched(allowed));
  });
}

function unmatched(allowed: readonly string[]): Problem {
  return allowed.length === 0
    ? new Problem('not_found', { detail: 'There is nothing at this address.' })
    : new Problem('method_not_allowed', {
        detail: `This address answers ${allowed.join(', ')}.`,
        headers: { allow: allowed.join(', ') },
      });
}
