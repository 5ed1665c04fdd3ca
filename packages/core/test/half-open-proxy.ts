// A proxy before PostgreSQL that at some moment forwards nothing more, and closes nothing either: a half-open connection.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { fairClock } from '../../../test-support/fair-clock.ts'

export type Direction = 'to the server' | 'to the client'

export interface HalfOpenProxy {
  /** The database, through the proxy. */
  readonly url: string
  /** For each connection that fell silent, milliseconds until its client gave it up: of the clock, and of a fair one. */
  readonly stalls: readonly { tookMs?: number; fairMs?: number }[]
  close(): Promise<void>
}

/**
 * The first chunk that `stallsAt` is true for is forwarded as the last one of its connection; other connections, and
 * later ones, are served.
 */
export async function halfOpenProxy(
  databaseUrl: string,
  stallsAt: (chunk: string, direction: Direction) => boolean,
): Promise<HalfOpenProxy> {
  const target = new URL(databaseUrl)
  const stalls: { tookMs?: number; fairMs?: number }[] = []
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(Number(target.port), target.hostname)
    let stall: (typeof stalls)[number] | undefined
    let began = 0
    let running = () => 0
    const forward = (from: Socket, to: Socket, direction: Direction) => {
      from.on('data', chunk => {
        if (stall !== undefined) return
        to.write(chunk)
        if (stalls.length > 0 || !stallsAt(chunk.toString('latin1'), direction)) return
        stall = {}
        stalls.push(stall)
        began = performance.now()
        running = fairClock()
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        if (stall === undefined) to.destroy()
        else if (from === client)
          Object.assign(stall, { tookMs: performance.now() - began, fairMs: running() })
      })
    }
    for (const socket of [client, upstream]) sockets.add(socket)
    forward(client, upstream, 'to the server')
    forward(upstream, client, 'to the client')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(databaseUrl)
  // A TCP server that listens has an address of this form.
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    stalls,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
