// A URL → the response of its server. Follows redirects, vets each address, and connects only to vetted addresses.
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import { callAsyncHook } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { hostOf, urlNotAllowed } from './address-policy.ts'
import { get } from './get.ts'
import type { RemoteAccess } from './remote-access.ts'
import { connectionFault, unusableResponse } from './source-fault.ts'

export interface RemoteResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
  /** Whether the whole body was received, by its length or its last chunk. */
  isComplete(): boolean
  /** The final URL, after redirects. */
  readonly url: URL
  /** Ends the connection. A second call does nothing. */
  close(): void
}

export interface OpenUrlOptions {
  readonly access: RemoteAccess
  /** Aborting it ends the connection. It must have a reason. */
  readonly signal: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

const maxRedirects = 5

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Headers of every request. No cookies, credentials or referrers are sent, so none can leak to another server. */
const baseHeaders = {
  accept: 'text/csv, application/x-ndjson, application/json, application/gzip, */*;q=0.5',
  // No transfer compression: a byte range must mean the same bytes in each request.
  'accept-encoding': 'identity',
  'user-agent': 'lading',
}

/**
 * Requests a URL and follows up to 5 redirects, checking each like the first address. Proxies from the environment are
 * not used, because they would resolve names themselves.
 *
 * @throws LadingError `URL_NOT_ALLOWED`, `SOURCE_UNAVAILABLE`, or the reason of the signal
 */
export async function openUrl(text: string, options: OpenUrlOptions): Promise<RemoteResponse> {
  let url = options.access.policy.checkUrl(text)
  for (let count = 0; count <= maxRedirects; count++) {
    const answer = await request(url, options)
    if (!redirectStatuses.has(answer.status)) return answer
    answer.close()
    const { location } = answer.headers
    if (typeof location !== 'string') {
      throw unusableResponse(
        'The server of the file redirects without naming the new address; check whether the address is right.',
      )
    }
    url = options.access.policy.checkUrl(location, url)
  }
  throw unusableResponse(
    `The server of the file redirects more than ${maxRedirects} times; use the final address.`,
  )
}

async function request(url: URL, { access, signal, headers }: OpenUrlOptions): Promise<RemoteResponse> {
  const { answerSeconds, connectSeconds } = access
  const addresses = await vettedAddresses(url, access, signal)
  try {
    const { response, close } = await get(url, {
      addresses,
      headers: { ...baseHeaders, ...headers },
      connectSeconds,
      responseSeconds: answerSeconds,
      signal,
    })
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: response,
      isComplete: () => response.complete,
      url,
      close,
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : connectionFault(error)
  }
}

/** All addresses of the host. @throws LadingError `URL_NOT_ALLOWED` unless every one is allowed */
async function vettedAddresses(
  url: URL,
  access: RemoteAccess,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const host = hostOf(url)
  const addresses = isIP(host) === 0 ? await resolve(host, access, signal) : [host]
  access.policy.checkAddresses(url, addresses)
  return addresses
}

/** Rejects an unknown name like a forbidden one, so that the errors do not reveal internal names. */
async function resolve(host: string, access: RemoteAccess, signal: AbortSignal): Promise<readonly string[]> {
  const hookOptions = { signal, timeoutSeconds: access.connectSeconds }
  let addresses: unknown
  try {
    addresses = await callAsyncHook('lookup', () => access.lookup(host), hookOptions)
  } catch (fault) {
    if (signal.aborted) throw signal.reason
    const { cause } = fault as LadingError
    const { code } = (cause ?? {}) as { code?: unknown }
    if (code === 'ENOTFOUND' || code === 'ENODATA') throw urlNotAllowed()
    throw connectionFault(cause ?? fault)
  }
  if (isListOfText(addresses)) return addresses
  throw new LadingError('HOOK_FAILED', 'lookup did not return a list of addresses.')
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string')
}
