import { isIP } from 'node:net';
import type { Format } from './format.js';
import { listOf } from './list.format.js';
import { wholeNumber } from './number.formats.js';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
/** `999.1.1.1` is a well-formed host name, but it was meant as an address. */
const DOTTED_NUMBER = /^[\d.]+$/;

export const host: Format<string> = {
  accepts: 'an IP address or a host name, such as 127.0.0.1, :: or localhost',
  parse: (text) =>
    isIP(text) !== 0 || (HOST_NAME.test(text) && !DOTTED_NUMBER.test(text)) ? text : undefined,
};

const LONGEST_PREFIX: ReadonlyMap<number, number> = new Map([
  [4, 32],
  [6, 128],
]);

/** Host names in the spelling browsers compare, without a port; a name does not stand for those below it. */
export const hosts = listOf<string>(
  {
    accepts: host.accepts,
    parse: (text) => {
      const name = host.parse(text);
      return name && URL.parse(`http://${isIP(name) === 6 ? `[${name}]` : name}`)?.hostname;
    },
  },
  'a comma-separated list of host names or IP addresses without scheme and port, such as www.example.com',
);

/** An address, or a network in CIDR notation. `/0` would trust everybody, and Fastify refuses it. */
const network: Format<string> = {
  accepts: 'an IP address or a network in CIDR notation',
  parse: (text) => {
    const [, address = '', prefix] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
    const longest = LONGEST_PREFIX.get(isIP(address)) ?? 0;
    const length = prefix === undefined ? longest : Number(prefix);
    return length >= 1 && length <= longest ? text : undefined;
  },
};

const proxyCount = wholeNumber(0, 32);
const networks = listOf(network, 'a comma-separated list of networks');

/** How many proxies stand before the service, or which networks they are in; `0` trusts nobody. */
export const trustedProxies: Format<false | number | readonly string[]> = {
  accepts:
    'the number of proxies before the service (0 to 32), or a comma-separated list of their addresses or ' +
    'networks, such as 10.0.0.0/8, fd00::/8',
  parse: (text) => {
    const count = proxyCount.parse(text);
    return count === 0 ? false : (count ?? networks.parse(text));
  },
};

/** An exact web origin in the spelling browsers send, so that it can be compared as a text. */
const origin: Format<string> = {
  accepts: 'an http or https origin',
  mayHoldPassword: true,
  parse: (text) => {
    const url = parseHttpUrl(text);
    // A path, a query, a password: whatever an origin does not have makes the two differ.
    const isExact = url !== undefined && url.href === `${url.origin}/` && !url.host.includes('*');
    return isExact ? url.origin : undefined;
  },
};

export const origins = listOf(
  origin,
  'a comma-separated list of exact origins without a path, such as https://example.com; * is not possible',
);

/** The address of another service, without a slash at its end so that paths can be appended. */
export const baseUrl: Format<string> = {
  accepts: 'an http:// or https:// address without a password, query or fragment',
  mayHoldPassword: true,
  parse: (text) => {
    const url = parseHttpUrl(text);
    const isPlain = url !== undefined && url.username === '' && url.password === '' && !/[?#]/.test(text);
    return isPlain ? url.href.replace(/\/+$/, '') : undefined;
  },
};

/** A connection address of one of some schemes, kept as it was written: only its driver reads more of it. */
export function connectionUrl(schemes: readonly string[], example: string): Format<string> {
  return {
    accepts: `a ${schemes.map((scheme) => `${scheme}://`).join(' or ')} address, such as ${example}`,
    mayHoldPassword: true,
    parse: (text) => {
      const scheme = /^([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase();
      return scheme !== undefined && schemes.includes(scheme) && URL.canParse(text) ? text : undefined;
    },
  };
}

function parseHttpUrl(text: string): URL | undefined {
  return /^https?:\/\/[^/]/i.test(text) ? (URL.parse(text) ?? undefined) : undefined;
}
