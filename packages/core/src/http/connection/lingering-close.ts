// An answer whose request has not come to its end → a connection that is closed behind it, whoever trickles on.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Milliseconds for which the rest of a body that nobody reads is taken and thrown away, behind the answer. */
const discardMs = 5_000

/**
 * To be called before the headers of any answer are sent: if the request is not complete by then, the answer says that
 * the connection is closed, and it is, when the body has been thrown away or five seconds behind the answer. Left
 * open, it would be the client's for as long as a byte comes now and then: once a request is answered, nobody asks for
 * its rate. Closing at once would make the kernel send a reset, which can overtake the answer (RFC 9112, 9.6).
 */
export function lingeringClose(response: ServerResponse): void {
  const { req: request } = response
  // HTTP/2 closes streams, and not connections.
  if (request.complete || request.httpVersionMajor > 1) return
  response.setHeader('Connection', 'close')
  // Some clients read nothing until they have sent all. One that expects `100 Continue` would get it by this.
  if (request.headers.expect === undefined) request.resume()
  // Before Node's own listener, which closes what was said to close.
  response.prependOnceListener('finish', () => {
    // Whoever destroys a request, such as middleware that stops reading in the middle, leaves it without a socket.
    const socket: Socket | null = request.socket
    if (socket !== null && !request.complete) socket.destroySoon = () => linger(request, socket)
  })
}

function linger(request: IncomingMessage, socket: Socket): void {
  // The answer has its end; what comes is still read.
  socket.end()
  const close = () => socket.destroy()
  const late = setTimeout(close, discardMs)
  socket.once('close', () => clearTimeout(late))
  request.once('end', close).once('error', close)
  request.resume()
}
