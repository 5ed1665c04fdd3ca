// A connection that ends at the moment when it is made: reported to the caller that asked for it, and never to the process.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import pg from 'pg'
import { expect, test } from 'vitest'
import { createReferenceDatabase } from '../../../../test-support/database.ts'
import { exportFile } from '../support.ts'

/** PostgreSQL manual, "Message Formats": the server is ready, and idle. */
const ready = Buffer.from('Z\0\0\0\x05I', 'latin1')
const fields = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'
const length = Buffer.alloc(4)
length.writeInt32BE(4 + fields.length)
const terminated = Buffer.concat([Buffer.from('E'), length, Buffer.from(fields)])

/** Of each connection, the end arrives in one packet with the message that it is ready. */
async function deadly(databaseUrl: string, deaths: number) {
  const target = new URL(databaseUrl)
  let left = deaths
  const server = createServer(client => {
    const upstream = connect(Number(target.port), target.hostname)
    client.on('data', chunk => upstream.write(chunk))
    upstream.on('data', chunk => {
      if (left === 0 || !chunk.subarray(-ready.length).equals(ready)) return client.write(chunk)
      left--
      client.end(Buffer.concat([chunk, terminated]))
      return upstream.destroy()
    })
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroySoon())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(databaseUrl)
  // A TCP server that listens has an address of this form.
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    deaths: () => deaths - left,
    async close() {
      server.close()
      await once(server, 'close')
    },
  }
}

test('a request that gets a dead connection fails with a transient fault, and the next one gets a connection', async () => {
  const database = await createReferenceDatabase()
  const proxy = await deadly(database.url, 3)
  const pool = new pg.Pool({ connectionString: proxy.url })
  for (let death = 1; death <= 3; death++) {
    await expect(exportFile(pool, 'users', 'csv')).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      retryable: true,
    })
    expect(proxy.deaths()).toBe(death)
  }
  const file = await exportFile(pool, 'users', 'csv')
  expect(file.toString()).toBe('id,email,name,role,active,created_at,updated_at\n')
  await pool.end()
  await proxy.close()
  await database.drop()
})
