// A response before the end of its request → the connection is closed after it, even if the client keeps sending.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Milliseconds after the response for which the rest of an unread body is discarded. */
const discardMs = 5_000

/**
 * Call it before the headers of any response are sent. If the request is not complete by then, the response announces
 * `Connection: close`. The connection closes once the body has been discarded, or five seconds after the response.
 * Left open, a client could hold it with a byte now and then, because the rate is not checked after the response.
 * Closing at once would make the kernel send a reset, which can overtake the response (RFC 9112, 9.6).
 */
export function lingeringClose(response: ServerResponse): void {
  const { req: request } = response
  // HTTP/2 closes streams, not connections.
  if (request.complete || request.httpVersionMajor > 1) return
  response.setHeader('Connection', 'close')
  // Some clients read nothing until they have sent everything. Resuming would send `100 Continue` to a client that expects it.
  if (request.headers.expect === undefined) request.resume()
  // Before Node's own listener, which closes a connection announced as `close`.
  response.prependOnceListener('finish', () => {
    // A request that was destroyed, such as by middleware that stops reading, has no socket.
    const socket: Socket | null = request.socket
    if (socket !== null && !request.complete) socket.destroySoon = () => linger(request, socket)
  })
}

function linger(request: IncomingMessage, socket: Socket): void {
  // Ends the response side; the request side is still read.
  socket.end()
  const close = () => socket.destroy()
  const timer = setTimeout(close, discardMs)
  socket.once('close', () => clearTimeout(timer))
  request.once('end', close).once('error', close)
  request.resume()
}
