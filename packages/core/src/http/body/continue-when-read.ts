// Expect: 100-continue → `100 Continue` is sent when the body is first read, and not before.
import { IncomingMessage, type Server, type ServerResponse } from 'node:http'

const prepared = new WeakSet<Server>()

/**
 * Node.js sends `100 Continue` before any handler has seen the headers. With this, a request that is refused by its
 * headers gets its response instead, and its body is never sent. This holds for every route of the server; handlers
 * that read bodies need no change. A server with its own listener for `checkContinue` is left unchanged. A second call
 * does nothing.
 *
 * @example
 * const server = createServer(app)
 * continueWhenRead(server)
 */
export function continueWhenRead(server: Server): void {
  if (prepared.has(server) || server.listenerCount('checkContinue') > 0) return
  prepared.add(server)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // A stream calls this when it is read for the first time, whatever reads it.
    request._read = size => {
      request._read = IncomingMessage.prototype._read
      // After a response the client no longer waits for it; the rest of the body is only discarded.
      if (!response.headersSent && !response.destroyed) response.writeContinue()
      request._read(size)
    }
    server.emit('request', request, response)
  })
}
