// A proxy before PostgreSQL that cuts, delays, slices or swallows what goes through it.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { fairClock } from '../../test-support/fair-clock.ts'

export interface BadNetwork {
  /** The database, through the proxy. */
  readonly url: string
  /** Connections that carry something at this moment. */
  readonly open: number
  /** Since when the connection with the chunk is silent, and milliseconds until its client gave it up, also of a fair clock. */
  readonly silence: { readonly beganAt?: number; readonly tookMs?: number; readonly fairMs?: number }
  /** Ends every connection by a reset. */
  reset(): void
  /** Forwards what comes from now on; connections that fell silent are lost. */
  heal(): void
  close(): Promise<void>
}

export interface NetworkFaults {
  /** Milliseconds that each chunk waits. */
  readonly delayMs?: number
  /** Bytes of the largest chunk. */
  readonly sliceBytes?: number
  /**
   * After the n-th chunk to the server that contains this text nothing is forwarded any more, in either direction, and
   * nothing is closed.
   */
  readonly silent?: { readonly after: string; readonly nth: number; readonly on: 'this connection' | 'all' }
}

export async function badNetwork(databaseUrl: string, faults: NetworkFaults = {}): Promise<BadNetwork> {
  const { delayMs = 0, sliceBytes = Number.POSITIVE_INFINITY, silent } = faults
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const silentOnes = new Set<Socket>()
  const silence: { beganAt?: number; tookMs?: number; fairMs?: number } = {}
  let running = () => 0
  let isAllSilent = false
  let chunksLeft = silent?.nth ?? 0
  const isLast = (chunk: Buffer) => silent !== undefined && chunk.includes(silent.after) && --chunksLeft === 0
  const server = createServer({ noDelay: true }, client => {
    const upstream = connect({ port: Number(target.port), host: target.hostname, noDelay: true })
    const both = [client, upstream]
    let isTheOne = false
    const fallSilent = () => {
      isTheOne = true
      silence.beganAt = performance.now()
      running = fairClock()
      isAllSilent = silent?.on === 'all'
      for (const socket of isAllSilent ? sockets : both) silentOnes.add(socket)
    }
    if (isAllSilent) for (const socket of both) silentOnes.add(socket)
    const forward = (from: Socket, to: Socket) => {
      sockets.add(from)
      from.on('data', (chunk: Buffer) => {
        if (silentOnes.has(from)) return
        const send = () => {
          if (to.destroyed) return
          for (let at = 0; at < chunk.length; at += sliceBytes) to.write(chunk.subarray(at, at + sliceBytes))
        }
        if (delayMs === 0) send()
        else setTimeout(send, delayMs)
        if (from === client && isLast(chunk)) fallSilent()
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        if (!silentOnes.has(from)) to.destroy()
        else if (isTheOne && from === client) {
          silence.tookMs ??= performance.now() - (silence.beganAt ?? 0)
          silence.fairMs ??= running()
        }
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
    silence,
    heal() {
      isAllSilent = false
      for (const socket of silentOnes) socket.destroy()
    },
    reset() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    async close() {
      for (const socket of [...sockets, ...silentOnes]) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
