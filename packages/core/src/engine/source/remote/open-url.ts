// A URL → the answer of its server: each address on the way there vetted, and connected to as it was vetted.
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import { callAsyncHook } from '../../../errors/hook.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { hostOf, notAllowed } from './address-policy.ts'
import { get } from './get.ts'
import type { RemoteAccess } from './remote-access.ts'
import { connectionFault, unreadable } from './source-fault.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readable
  /** Whether all of the body was received: its length, or its last chunk. */
  isComplete(): boolean
  /** Where the redirects have led to. */
  readonly url: URL
  /** Ends the connection. Twice: does nothing. */
  close(): void
}

export interface OpenOptions {
  readonly access: RemoteAccess
  /** Ends the connection too. Comes with a reason. */
  readonly signal: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

const maxRedirects = 5

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Neither a cookie nor a credential nor a referrer ever goes out, so that none can go to somebody else. */
const ownHeaders = {
  accept: 'text/csv, application/x-ndjson, application/json, application/gzip, */*;q=0.5',
  // What the file is compressed with is its own affair: ranges of it must mean the same each time.
  'accept-encoding': 'identity',
  'user-agent': 'lading',
}

/**
 * Asks for a URL and follows up to 5 redirects, each of them judged like the first address. Proxies of the environment
 * are not used: they would resolve names by themselves.
 *
 * @throws LadingError `URL_NOT_ALLOWED`, `SOURCE_UNAVAILABLE`, or the reason of the signal
 */
export async function openUrl(text: string, options: OpenOptions): Promise<Answer> {
  let url = options.access.policy.checkUrl(text)
  for (let count = 0; count <= maxRedirects; count++) {
    const answer = await ask(url, options)
    if (!redirects.has(answer.status)) return answer
    answer.close()
    const { location } = answer.headers
    if (typeof location !== 'string') {
      throw unreadable(
        'The server of the file leads to another address without saying which; look whether the address is right.',
      )
    }
    url = options.access.policy.checkUrl(location, url)
  }
  throw unreadable(
    `The server of the file leads from one address to the next, more than ${maxRedirects} times; give the last address.`,
  )
}

async function ask(url: URL, { access, signal, headers }: OpenOptions): Promise<Answer> {
  const { answerSeconds, connectSeconds } = access
  const addresses = await vetted(url, access, signal)
  try {
    const { response, close } = await get(url, {
      addresses,
      headers: { ...ownHeaders, ...headers },
      connectSeconds,
      answerSeconds,
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

/** All addresses of the host, of which each is allowed. */
async function vetted(url: URL, access: RemoteAccess, signal: AbortSignal): Promise<readonly string[]> {
  const host = hostOf(url)
  const addresses = isIP(host) === 0 ? await resolved(host, access, signal) : [host]
  access.policy.checkAddresses(url, addresses)
  return addresses
}

/** A name that does not exist is refused like one that is not allowed, or the answers would tell internal names. */
async function resolved(host: string, access: RemoteAccess, signal: AbortSignal): Promise<readonly string[]> {
  const patience = { signal, timeoutSeconds: access.connectSeconds }
  let found: unknown
  try {
    found = await callAsyncHook('lookup', () => access.lookup(host), patience)
  } catch (fault) {
    if (signal.aborted) throw signal.reason
    const { cause } = fault as LadingError
    const { code } = (cause ?? {}) as { code?: unknown }
    if (code === 'ENOTFOUND' || code === 'ENODATA') throw notAllowed()
    throw connectionFault(cause ?? fault)
  }
  if (isListOfText(found)) return found
  throw new LadingError('HOOK_FAILED', 'lookup gave no list of addresses.')
}

function isListOfText(found: unknown): found is readonly string[] {
  return Array.isArray(found) && found.every(one => typeof one === 'string')
}
