import ipaddr from 'ipaddr.js';

const IPV4_PREFIX = 24;
const IPV6_PREFIX = 48;

/** The network an address is in: `203.0.113.0/24`, `2001:db8:1::/48`. Says about where from, not who. */
export function addressPrefix(address: string): string {
  if (!ipaddr.isValid(address)) {
    return 'unknown';
  }
  // An IPv4 address in IPv6 notation is one.
  const parsed = ipaddr.process(address);
  const [network, prefix] =
    parsed instanceof ipaddr.IPv4
      ? [ipaddr.IPv4.networkAddressFromCIDR(`${parsed.toString()}/${IPV4_PREFIX}`), IPV4_PREFIX]
      : [ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_PREFIX}`), IPV6_PREFIX];
  return `${network.toString()}/${prefix}`;
}
