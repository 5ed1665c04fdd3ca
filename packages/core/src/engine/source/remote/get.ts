// One GET request on its own connection to vetted addresses → the response, with its body still unread.
import type { LookupAddress, LookupOptions } from 'node:dns'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

export interface GetOptions {
  /** Vetted addresses to connect to, instead of resolving the host name. */
  readonly addresses: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** Timeout in seconds for the connection, including TLS. */
  readonly connectSeconds: number
  /** Timeout in seconds from then until the response begins. */
  readonly responseSeconds: number
  /** Aborting it ends the connection. It must have a reason. */
  readonly signal: AbortSignal
}

export interface GetResult {
  readonly response: IncomingMessage
  /** Ends the connection. A second call does nothing. */
  close(): void
}

/** Sends the request. @throws an error of Node, or the reason of the signal; the connection is then closed */
export async function get(url: URL, options: GetOptions): Promise<GetResult> {
  const { signal } = options
  const request = await send(url, options)
  // Once the response has begun, destroy the response: destroying the request would look like a normal end.
  let active: ClientRequest | IncomingMessage = request
  const onAbort = () => active.destroy(signal.reason)
  const close = () => {
    signal.removeEventListener('abort', onAbort)
    active.destroy()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    const response = await responseOf(request, options)
    active = response
    // Closing it early raises an error, which is expected; a reader gets the error from its read.
    response.on('error', () => undefined)
    response.once('close', close)
    return { response, close }
  } catch (error) {
    close()
    throw error
  }
}

async function send(url: URL, { addresses, headers }: GetOptions): Promise<ClientRequest> {
  const options = {
    // No shared agent, and so no proxy from the environment.
    agent: false as const,
    headers,
    lookup: pinnedLookup(addresses),
    maxHeaderSize: 16 * 1024,
    // Set explicitly, so that the environment cannot change them.
    insecureHTTPParser: false,
    rejectUnauthorized: true,
  }
  // Loaded on demand: most programs never fetch a remote file.
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  return request(url, options).end()
}

function responseOf(
  request: ClientRequest,
  { connectSeconds, responseSeconds }: GetOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const failAfter = (seconds: number, what: string) =>
      setTimeout(() => request.destroy(new Error(`no ${what} within ${seconds} s`)), seconds * 1000)
    let timer = failAfter(connectSeconds, 'connection')
    request.once('socket', socket => {
      // The type of the socket does not show whether it uses TLS.
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer)
        timer = failAfter(responseSeconds, 'answer')
      })
    })
    // Also catches errors after the response, which the body reports as well.
    request.on('error', error => {
      clearTimeout(timer)
      reject(error)
    })
    request.once('response', response => {
      clearTimeout(timer)
      resolve(response)
    })
  })
}

type LookupCallback = (error: Error | null, addresses: string | LookupAddress[], family?: number) => void

/**
 * A lookup function that returns the vetted addresses for any name, which prevents DNS rebinding. Node does not call it if
 * the host is an address; that address was vetted itself.
 */
function pinnedLookup(addresses: readonly string[]) {
  const results = addresses.map(address => ({ address, family: isIP(address) }))
  return (_host: string, { all = false }: LookupOptions, done: LookupCallback): void => {
    const [first = { address: '', family: 0 }] = results
    if (all) done(null, results)
    else done(null, first.address, first.family)
  }
}
