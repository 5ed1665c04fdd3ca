// Expect: 100-continue → the client is told to send its body when somebody begins to read it, and not before.
import { IncomingMessage, type Server, type ServerResponse } from 'node:http'

const prepared = new WeakSet<Server>()

/**
 * Node asks for the body of such a request before anybody has looked at its headers. With this, a request that is
 * refused by its headers gets its answer in place of `100 Continue`, and its body is never sent. It is so for every
 * route of the server; those that read bodies, by whatever means, need not know of it. A server that has a listener
 * for `checkContinue` is left alone. Twice: does nothing.
 *
 * @example
 * const server = createServer(app)
 * continueWhenRead(server)
 */
export function continueWhenRead(server: Server): void {
  if (prepared.has(server) || server.listenerCount('checkContinue') > 0) return
  prepared.add(server)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // What a stream calls when it is read for the first time, whoever reads it.
    request._read = size => {
      request._read = IncomingMessage.prototype._read
      // Behind an answer nobody waits for the word; what is left of the body is only thrown away.
      if (!response.headersSent && !response.destroyed) response.writeContinue()
      request._read(size)
    }
    server.emit('request', request, response)
  })
}
