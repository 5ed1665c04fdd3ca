// One GET on a connection of its own, to addresses that were vetted: URL and addresses → the head of the answer, its body still to be read.
import type { LookupAddress, LookupOptions } from 'node:dns'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

export interface GetOptions {
  /** Which the host of the URL is taken to be, whatever its name leads to. */
  readonly addresses: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** Until there is a connection, its TLS included. */
  readonly connectSeconds: number
  /** From then on, until there is an answer. */
  readonly answerSeconds: number
  /** Ends the connection too. Comes with a reason. */
  readonly signal: AbortSignal
}

export interface Got {
  readonly response: IncomingMessage
  /** Ends the connection. Twice: does nothing. */
  close(): void
}

/** @throws Error of Node, or the reason of the signal; then there is no connection */
export async function get(url: URL, options: GetOptions): Promise<Got> {
  const { signal } = options
  const request = await send(url, options)
  // Who destroys a request whose answer has begun throws away what was read, and the reader would take it for the end.
  let begun: ClientRequest | IncomingMessage = request
  const onAbort = () => begun.destroy(signal.reason)
  const close = () => {
    signal.removeEventListener('abort', onAbort)
    begun.destroy()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    const response = await answerOf(request, options)
    begun = response
    // It breaks when it is given up, which is nobody's fault; whoever reads it hears of it by what he reads.
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
    // None that is shared, and so no proxy of the environment.
    agent: false as const,
    headers,
    lookup: pinned(addresses),
    maxHeaderSize: 16 * 1024,
    // Whatever the environment says.
    insecureHTTPParser: false,
    rejectUnauthorized: true,
  }
  // Loaded with the first remote file: most programs never fetch one.
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  return request(url, options).end()
}

function answerOf(
  request: ClientRequest,
  { connectSeconds, answerSeconds }: GetOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const endAfter = (seconds: number, what: string) =>
      setTimeout(() => request.destroy(new Error(`no ${what} within ${seconds} s`)), seconds * 1000)
    let timer = endAfter(connectSeconds, 'connection')
    request.once('socket', socket => {
      // The type of a socket does not tell which it is.
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer)
        timer = endAfter(answerSeconds, 'answer')
      })
    })
    // Also for what comes behind the answer, which the body tells as well.
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

type Found = (error: Error | null, addresses: string | LookupAddress[], family?: number) => void

/**
 * Answers whatever name with the addresses that were vetted, so that a name that leads elsewhere a moment later leads
 * nowhere. It is not asked where the host is an address; that one was vetted as it stands.
 */
function pinned(addresses: readonly string[]) {
  const found = addresses.map(address => ({ address, family: isIP(address) }))
  return (_host: string, { all = false }: LookupOptions, done: Found): void => {
    const [first = { address: '', family: 0 }] = found
    if (all) done(null, found)
    else done(null, first.address, first.family)
  }
}
