// An IP address → whether it is a public Internet address.
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Special-purpose networks (IANA's registry, RFC 6890 and its updates): private, local, shared, documentation, test, multicast. */
const reserved4 = networks([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Looks public, but is the host of a virtual machine in one of the large clouds.
  '168.63.129.16/32',
])

/**
 * For IPv6, only global unicast addresses (RFC 4291, 2.4). Formats that embed an IPv4 address lie outside of it or in one
 * of the networks below: mapped, compatible (which ipaddr.js calls unicast), translated, NAT64, 6to4, Teredo.
 */
const global6 = network('2000::/3')
const reserved6 = networks(['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'])

/** Whether an address is public; false for invalid text. @param address as `dns.lookup` or `URL` writes it */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address)
  if (parsed === undefined || parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4'
    ? !reserved4.some(reserved => isWithin(parsed, reserved))
    : isWithin(parsed, global6) && !reserved6.some(reserved => isWithin(parsed, reserved))
}

/** Parses an address; undefined unless in plain notation. An address with a zone is link-local and not accepted. */
export function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return isIP(address) === 0 || address.includes('%') ? undefined : ipaddr.parse(address)
}

export function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [start, bits]: Network): boolean {
  return address.kind() === start.kind() && address.match(start, bits)
}

function networks(texts: readonly string[]): readonly Network[] {
  return texts.map(network)
}

function network(text: string): Network {
  return ipaddr.parseCIDR(text)
}
