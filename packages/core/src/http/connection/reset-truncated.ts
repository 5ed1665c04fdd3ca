// An answer that ends before it is whole → a connection that is seen to be broken, whoever breaks it.
import type { ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'

/**
 * HTTP/1.0, in which nginx asks unless it is told otherwise, has no chunks: an answer of unknown length is over when
 * the connection is. There only a reset tells one that broke from one that is whole. This makes one of whatever
 * destroys the connection in the middle of the answer: a body that fails, a client that is cut off, a server that
 * closes all connections. To be called before the request is handled; for any other version it does nothing.
 */
export function resetIfTruncated(response: ServerResponse): void {
  const { socket } = response.req
  // Node can reset TCP only. Under TLS a close that was not announced is all there is, and a local socket has nothing.
  if (response.req.httpVersion !== '1.0' || socket instanceof TLSSocket || !socket?.remoteFamily) return
  // The prototype's, which everybody calls who ends a connection, `closeAllConnections` too.
  const { destroy } = socket
  const restore = () => {
    socket.destroy = destroy
  }
  response.once('finish', restore)
  socket.destroy = error => {
    restore()
    const isDelimited = response.chunkedEncoding || response.hasHeader('Content-Length')
    // What is not whole: it was begun, and its end is not handed over.
    if (!response.headersSent || response.writableFinished || isDelimited) return socket.destroy(error)
    return socket.resetAndDestroy()
  }
}
