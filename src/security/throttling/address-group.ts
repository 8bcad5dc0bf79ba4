import ipaddr from 'ipaddr.js';

/** What one subscriber is usually given, and can change addresses within at will (RFC 6177, RFC 8981). */
const IPV6_SUBSCRIBER_BITS = 64;

/** The addresses that count as one caller: an IPv4 address alone, an IPv6 address with its whole /64. */
export function addressGroup(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) {
    return address;
  }
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${address}/${IPV6_SUBSCRIBER_BITS}`);
  return `${network.toString()}/${IPV6_SUBSCRIBER_BITS}`;
}
