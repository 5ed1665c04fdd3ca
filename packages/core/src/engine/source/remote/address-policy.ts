// Which addresses a file may be fetched from: the text of a URL is judged before any packet, what its name leads to before any connection.
import { isIP } from 'node:net'
import { LadingError } from '../../../errors/lading-error.ts'
import { hasPort, isName, matchesAddress, matchesName, readAllowList, usualPorts } from './allow-list.ts'
import { isPublicAddress } from './public-address.ts'

export interface AddressPolicy {
  /**
   * Judges without any look at the network: how it is written, scheme, port, address or kind of name.
   *
   * @param from the URL that led to this one, which may be relative to it then
   * @throws LadingError `URL_NOT_ALLOWED`
   */
  checkUrl(text: string, from?: URL): URL
  /**
   * Judges all addresses that the host of a checked URL has. A single one that is not allowed refuses all of them,
   * since nobody knows which one would be taken.
   *
   * @throws LadingError `URL_NOT_ALLOWED`
   */
  checkAddresses(url: URL, addresses: readonly string[]): void
}

/** A longer one is no address that anybody uses. */
const maxLength = 2_048

/** What `URL` would drop or turn round in silence, so that others would read another address than it does. */
const misleading = /[\p{Cc}\p{Cf}\p{Z}\p{Cs}\\]/u

/** Names for one machine or one network (RFC 6761, 6762, 7686, 8375), beside those of a single word. */
const localNames = /(?:^|\.)(?:localhost|local|internal|home\.arpa|onion)$/

/** @param allow see `RemoteOptions`. @throws LadingError `CONFIG_INVALID` */
export function addressPolicy(allow: readonly string[] = []): AddressPolicy {
  const grants = readAllowList(allow)
  const ofNames = grants.filter(({ name }) => name !== undefined)
  const ofNetworks = grants.filter(({ network }) => network !== undefined)
  const ofPublic = [{ ports: usualPorts }, ...grants.filter(grant => !grant.name && !grant.network)]

  const isAllowed = (host: string, address: string, port: number): boolean =>
    isIP(address) !== 0 &&
    ((isPublicAddress(address) && ofPublic.some(grant => hasPort(grant, port))) ||
      ofNetworks.some(grant => hasPort(grant, port) && matchesAddress(grant, address)) ||
      ofNames.some(grant => hasPort(grant, port) && matchesName(grant, host)))

  const mayBeAllowed = (host: string, port: number): boolean =>
    isName(host) &&
    (ofNames.some(grant => hasPort(grant, port) && matchesName(grant, host)) ||
      (host.includes('.') &&
        !localNames.test(host) &&
        [...ofPublic, ...ofNetworks].some(grant => hasPort(grant, port))))

  return {
    checkUrl(text, from) {
      const url = readUrl(text, from)
      if (url === undefined) throw notAllowed()
      // `example.org.` is the same host, and must not be a second one for whoever compares names.
      if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1)
      const host = hostOf(url)
      const isFine = isIP(host) === 0 ? mayBeAllowed(host, portOf(url)) : isAllowed(host, host, portOf(url))
      if (!isFine) throw notAllowed()
      return url
    },
    checkAddresses(url, addresses) {
      const isFine = (address: string) => isAllowed(hostOf(url), address, portOf(url))
      if (addresses.length === 0 || !addresses.every(isFine)) throw notAllowed()
    },
  }
}

/** The host without the brackets around an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** One sentence for all reasons: whoever asks for addresses must not learn from the answers which of them exist. */
export function notAllowed(): LadingError {
  return new LadingError(
    'URL_NOT_ALLOWED',
    'The address of the file is not allowed: it must begin with http:// or https://, have no user name or password, use port 80 or 443, and lead to a public server; whoever runs this one can allow others.',
  )
}

function portOf({ protocol, port }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

function readUrl(text: string, from: URL | undefined): URL | undefined {
  if (typeof text !== 'string' || text.length > maxLength || misleading.test(text)) return undefined
  if (from === undefined && !/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(text)) return undefined
  const url = parsed(text, from)
  if (url === undefined) return undefined
  const isWeb = url.protocol === 'https:' || (url.protocol === 'http:' && from?.protocol !== 'https:')
  if (!isWeb || url.username !== '' || url.password !== '') return undefined
  url.hash = ''
  return url
}

/** Not `URL.canParse`: once Node 20 has compiled a call of it, it refuses every text with a letter such as `ü`. */
function parsed(text: string, from: URL | undefined): URL | undefined {
  try {
    return new URL(text, from)
  } catch {
    return undefined
  }
}
