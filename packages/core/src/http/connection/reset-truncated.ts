// A truncated response → a connection reset that the client can detect.
import type { ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'

/**
 * Resets the connection if an HTTP/1.0 response is destroyed before its end, such as by a failing body, a client that
 * is disconnected or a server that closes all connections. HTTP/1.0, which nginx uses by default, has no chunks: a
 * response of unknown length ends with the connection, so only a reset marks it as truncated. Call it before the
 * request is handled; for any other version it does nothing.
 */
export function resetIfTruncated(response: ServerResponse): void {
  const { socket } = response.req
  // Node.js can reset TCP only. TLS has just an unannounced close, and a local socket has nothing.
  if (response.req.httpVersion !== '1.0' || socket instanceof TLSSocket || !socket?.remoteFamily) return
  // Everything that ends a connection calls this method, `closeAllConnections` too.
  const { destroy } = socket
  const restore = () => {
    socket.destroy = destroy
  }
  response.once('finish', restore)
  socket.destroy = error => {
    restore()
    const isDelimited = response.chunkedEncoding || response.hasHeader('Content-Length')
    // Truncated: the response was begun, and its end was not written.
    if (!response.headersSent || response.writableFinished || isDelimited) return socket.destroy(error)
    return socket.resetAndDestroy()
  }
}
