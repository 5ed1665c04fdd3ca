// Loaded into the server by `npm run test:hostile -- --sabotage`: every request leaks memory and a descriptor, and some leak
// a client in a transaction.
import { openSync } from 'node:fs'
import { Server } from 'node:http'
import pg from 'pg'

const kept = []
const { emit } = Server.prototype
Server.prototype.emit = function (event, ...rest) {
  if (event === 'request' && rest[0].url !== '/live') {
    const count = kept.push(Buffer.alloc(64 * 1024, 1))
    if (count % 10 === 0) kept.push(openSync('/dev/null'))
    if (count % 100 === 0) kept.push(openTransaction())
  }
  return emit.call(this, event, ...rest)
}

function openTransaction() {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
  client.on('error', () => undefined)
  void client.connect().then(() => client.query('begin'))
  return client
}
