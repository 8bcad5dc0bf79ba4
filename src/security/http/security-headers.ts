import type { FastifyInstance } from 'fastify';

/** The page at /docs, its scripts and styles, and the document it shows: public, the same for everybody. */
const DOCUMENTATION = /^\/(docs(\/|$)|openapi\.json$)/;

/** An API's answer is data: a browser that is made to open one must neither run, frame nor guess anything. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  // Answers hold conversations and tokens; not even the browser that asked may keep them.
  'cache-control': 'no-store',
} as const;

/** Swagger UI brings its own scripts, sets styles inline and shows its pictures as data: URLs. */
const DOCUMENTATION_HEADERS = {
  ...HEADERS,
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-cache',
} as const;

/** One year (RFC 6797); only over TLS, where a browser takes it seriously. */
const STRICT_TRANSPORT_SECURITY = 'max-age=31536000';

/**
 * Sets the security headers before anything else can answer, so that errors and streams have them, too.
 * After the OWASP HTTP Headers Cheat Sheet and its list for REST APIs.
 */
export function registerSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    void reply.headers(DOCUMENTATION.test(path) ? DOCUMENTATION_HEADERS : HEADERS);
    if (request.protocol === 'https') {
      void reply.header('strict-transport-security', STRICT_TRANSPORT_SECURITY);
    }
    done();
  });
}
