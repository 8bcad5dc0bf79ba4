import type { FastifyServerOptions } from 'fastify';

/**
 * TRUST_PROXY in the words of Fastify. A number counts the proxies in front of the service: that many
 * senders are believed, starting with the one that connects. (Given a bare number Fastify believes nobody,
 * because whoever can reach the service directly can then forge an address; so it must not be reachable.)
 */
export function trustProxyOption(
  setting: false | number | readonly string[],
): NonNullable<FastifyServerOptions['trustProxy']> {
  if (typeof setting === 'number') {
    return (_address, hop) => hop < setting;
  }
  return setting === false ? false : [...setting];
}
