// A proxy before PostgreSQL that cuts, delays or slices what goes through it.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface BadNetwork {
  /** The database, through the proxy. */
  readonly url: string
  /** Connections that carry something at this moment. */
  readonly open: number
  /** Ends every connection by a reset. */
  reset(): void
  close(): Promise<void>
}

export interface NetworkFaults {
  /** Milliseconds that each chunk waits. */
  readonly delayMs?: number
  /** Bytes of the largest chunk. */
  readonly sliceBytes?: number
}

export async function badNetwork(databaseUrl: string, faults: NetworkFaults = {}): Promise<BadNetwork> {
  const { delayMs = 0, sliceBytes = Number.POSITIVE_INFINITY } = faults
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, client => {
    const upstream = connect({ port: Number(target.port), host: target.hostname, noDelay: true })
    const forward = (from: Socket, to: Socket) => {
      sockets.add(from)
      from.on('data', (chunk: Buffer) => {
        const send = () => {
          if (to.destroyed) return
          for (let at = 0; at < chunk.length; at += sliceBytes) to.write(chunk.subarray(at, at + sliceBytes))
        }
        if (delayMs === 0) send()
        else setTimeout(send, delayMs)
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
    forward(client, upstream)
    forward(upstream, client)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(databaseUrl)
  // A TCP server that listens has an address of this form.
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    get open() {
      return sockets.size
    },
    reset() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
