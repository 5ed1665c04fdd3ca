// Loaded into the server by `npm run test:hostile -- --sabotage`: of every request, memory and a descriptor stay behind.
import { openSync } from 'node:fs'
import { Server } from 'node:http'

const kept = []
const { emit } = Server.prototype
Server.prototype.emit = function (event, ...rest) {
  if (event === 'request' && rest[0].url !== '/live') {
    kept.push(Buffer.alloc(64 * 1024, 1))
    if (kept.length % 10 === 0) kept.push(openSync('/dev/null'))
  }
  return emit.call(this, event, ...rest)
}
