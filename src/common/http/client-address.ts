import type { FastifyRequest } from 'fastify';

const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The caller's address in canonical form: an IPv4 address that arrived over IPv6 is written as IPv4, and a
 * zone id (`%eth0`), which means something on this machine only, is left out. Fastify has already applied
 * TRUST_PROXY, so a forged `X-Forwarded-For` from an untrusted sender never gets here.
 */
export function clientAddress(request: FastifyRequest): string {
  const address = request.ip.replace(/%.*$/, '');
  return IPV4_MAPPED.exec(address)?.[1] ?? address;
}
