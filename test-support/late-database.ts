// A database that is not available yet: its port refuses connections, or it answers that it is starting up.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface LateDatabase {
  readonly url: string
  /** The number of refused connections. */
  readonly refused: () => number
  /** From now on connections reach the database. */
  open(): Promise<void>
  close(): Promise<void>
}

/** @param until `listening`: the port is closed; `recovered`: it answers 57P03, as PostgreSQL does while it recovers */
export async function lateDatabase(url: string, until: 'listening' | 'recovered'): Promise<LateDatabase> {
  const real = new URL(url)
  const sockets = new Set<Socket>()
  let isOpen = false
  let refused = 0
  const server = createServer(socket => {
    const track = (tracked: Socket) => {
      sockets.add(tracked.on('error', () => tracked.destroy()).on('close', () => sockets.delete(tracked)))
    }
    track(socket)
    if (!isOpen) {
      refused += 1
      socket.once('data', () => socket.end(errorResponse('57P03', 'the database system is starting up')))
      return
    }
    const upstream = connect(Number(real.port), real.hostname)
    track(upstream)
    socket.pipe(upstream).pipe(socket)
  })
  const port = await listening(server, 0)
  if (until === 'listening') await closed(server)
  const front = new URL(url)
  front.hostname = '127.0.0.1'
  front.port = String(port)
  return {
    url: front.href,
    refused: () => refused,
    async open() {
      isOpen = true
      if (!server.listening) await listening(server, port)
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await closed(server)
    },
  }
}

async function listening(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function closed(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}

/** PostgreSQL manual, "Message Formats", ErrorResponse. */
function errorResponse(state: string, message: string): Buffer {
  const fields = ['SFATAL', 'VFATAL', `C${state}`, `M${message}`, ''].map(field => `${field}\0`).join('')
  const head = Buffer.from('E\0\0\0\0', 'latin1')
  head.writeInt32BE(4 + Buffer.byteLength(fields), 1)
  return Buffer.concat([head, Buffer.from(fields)])
}
