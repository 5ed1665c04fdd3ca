// Which addresses a file may be fetched from: checks a URL before any lookup, and its addresses before any connection.
import { isIP } from 'node:net'
import { LadingError } from '../../../errors/lading-error.ts'
import {
  allowsPort,
  defaultPorts,
  isHostName,
  matchesAddress,
  matchesName,
  readAllowList,
} from './allow-list.ts'
import { isPublicAddress } from './public-address.ts'

export interface AddressPolicy {
  /**
   * Checks a URL without network access: its spelling, scheme, port, and address or kind of name.
   *
   * @param from the URL that redirected here; `text` may then be relative to it
   * @throws LadingError `URL_NOT_ALLOWED`
   */
  checkUrl(text: string, from?: URL): URL
  /**
   * Checks all addresses of the host of a checked URL. If one is not allowed, the host is rejected, because any of them
   * may be used.
   *
   * @throws LadingError `URL_NOT_ALLOWED`
   */
  checkAddresses(url: URL, addresses: readonly string[]): void
}

/** Maximum length of a URL in characters. */
const maxLength = 2_048

/** Characters that `URL` silently drops or replaces, so that other programs would read a different address. */
const misleading = /[\p{Cc}\p{Cf}\p{Z}\p{Cs}\\]/u

/** Names for one machine or one network (RFC 6761, 6762, 7686, 8375). Single-label names are rejected separately. */
const localNames = /(?:^|\.)(?:localhost|local|internal|home\.arpa|onion)$/

/** Creates a policy. @param allow see `RemoteOptions`. @throws LadingError `CONFIG_INVALID` */
export function addressPolicy(allow: readonly string[] = []): AddressPolicy {
  const grants = readAllowList(allow)
  const nameGrants = grants.filter(({ name }) => name !== undefined)
  const networkGrants = grants.filter(({ network }) => network !== undefined)
  const publicGrants = [{ ports: defaultPorts }, ...grants.filter(grant => !grant.name && !grant.network)]

  const isAllowed = (host: string, address: string, port: number): boolean =>
    isIP(address) !== 0 &&
    ((isPublicAddress(address) && publicGrants.some(grant => allowsPort(grant, port))) ||
      networkGrants.some(grant => allowsPort(grant, port) && matchesAddress(grant, address)) ||
      nameGrants.some(grant => allowsPort(grant, port) && matchesName(grant, host)))

  const mayBeAllowed = (host: string, port: number): boolean =>
    isHostName(host) &&
    (nameGrants.some(grant => allowsPort(grant, port) && matchesName(grant, host)) ||
      (host.includes('.') &&
        !localNames.test(host) &&
        [...publicGrants, ...networkGrants].some(grant => allowsPort(grant, port))))

  return {
    checkUrl(text, from) {
      const url = readUrl(text, from)
      if (url === undefined) throw urlNotAllowed()
      // `example.org.` is the same host, and must compare equal to it.
      if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1)
      const host = hostOf(url)
      const isPermitted =
        isIP(host) === 0 ? mayBeAllowed(host, portOf(url)) : isAllowed(host, host, portOf(url))
      if (!isPermitted) throw urlNotAllowed()
      return url
    },
    checkAddresses(url, addresses) {
      const isPermitted = (address: string) => isAllowed(hostOf(url), address, portOf(url))
      if (addresses.length === 0 || !addresses.every(isPermitted)) throw urlNotAllowed()
    },
  }
}

/** The host without the brackets around an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** The same message for every reason, so that a client cannot probe which addresses exist. */
export function urlNotAllowed(): LadingError {
  return new LadingError(
    'URL_NOT_ALLOWED',
    'The address of the file is not allowed: it must begin with http:// or https://, have no user name or password, use port 80 or 443, and lead to a public server; the operator of this server can allow others.',
  )
}

function portOf({ protocol, port }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

function readUrl(text: string, from: URL | undefined): URL | undefined {
  if (typeof text !== 'string' || text.length > maxLength || misleading.test(text)) return undefined
  if (from === undefined && !/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(text)) return undefined
  const url = parseUrl(text, from)
  if (url === undefined) return undefined
  const isWeb = url.protocol === 'https:' || (url.protocol === 'http:' && from?.protocol !== 'https:')
  if (!isWeb || url.username !== '' || url.password !== '') return undefined
  url.hash = ''
  return url
}

/** Does not use `URL.canParse`: in Node 20, a compiled call of it rejects every text with a letter such as `ü`. */
function parseUrl(text: string, from: URL | undefined): URL | undefined {
  try {
    return new URL(text, from)
  } catch {
    return undefined
  }
}
