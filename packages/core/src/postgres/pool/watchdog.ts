// Cuts off a connection on which no byte moves while an answer is pending.
import { finished, Writable } from 'node:stream'
import type { Client, QueryResult } from './pg.ts'

/** How a `pg` client exposes its socket. A client of another driver has none, and is not watched. */
interface PgInternals {
  readonly processID?: unknown
  readonly connection?: { readonly stream?: Socket }
}

interface Socket {
  readonly bytesRead: number
  readonly bytesWritten: number
  destroy(error: Error): unknown
  setKeepAlive?(enable: boolean, initialDelayMs: number): unknown
}

export interface WatchedClient {
  /** The same connection; its queries are watched. */
  readonly client: Client
  /** Watches one answer of the connection. */
  watch<Answer>(answer: Promise<Answer>): Promise<Answer>
}

/** Milliseconds between two checks of the sockets with a pending answer. */
const checkIntervalMs = 250

/** Milliseconds of silence after which the kernel probes the other side. */
const keepAliveMs = 30_000

interface PendingAnswer {
  readonly socket: Socket
  readonly limitMs: number
  readonly cut: () => void
  bytes: number
  idleMs: number
}

const pendingAnswers = new Set<PendingAnswer>()
let timer: NodeJS.Timeout | undefined
let lastCheck = 0

/**
 * Limits the time in which no byte moves either way while an answer is pending. No other limit helps a connection whose
 * packets vanish: the server cannot time out a COPY that it waits for, and `query_timeout` ends healthy ones.
 *
 * @param onCut receives the process id of the backend, which may still hold locks on the server
 */
export function withWatchdog(
  client: Client,
  limitMs: number,
  onCut: (backend: number) => void,
): WatchedClient {
  // `pg` documents neither property; every release of version 8 has both.
  const { connection, processID } = client as PgInternals
  const socket = connection?.stream
  if (socket === undefined) return { client, watch: answer => answer }
  socket.setKeepAlive?.(true, keepAliveMs)

  const startWatching = (): (() => void) => {
    const pending: PendingAnswer = {
      socket,
      limitMs,
      bytes: bytesOf(socket),
      idleMs: 0,
      cut() {
        socket.destroy(new Error(`The database connection transferred no data for ${limitMs / 1000} s.`))
        if (typeof processID === 'number') onCut(processID)
      },
    }
    pendingAnswers.add(pending)
    startTimer()
    return () => pendingAnswers.delete(pending)
  }
  const watch = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    const stopWatching = startWatching()
    try {
      return await answer
    } finally {
      stopWatching()
    }
  }
  function query<Stream extends NodeJS.EventEmitter & { submit(connection: unknown): void }>(
    stream: Stream,
  ): Stream
  function query(text: string, values?: unknown[]): Promise<QueryResult>
  function query(textOrStream: unknown, values?: unknown[]): unknown {
    // Passed on unchanged, a text or a stream.
    const result: unknown = client.query(textOrStream as string, values)
    if (result instanceof Promise) return watch(result)
    // A stream that is written is watched until it finishes. One that is read also waits for its reader, so the reader watches it.
    if (result instanceof Writable) finished(result, startWatching())
    return result
  }
  return {
    watch,
    client: {
      query,
      on: (...event) => client.on(...event),
      removeListener: (...event) => client.removeListener(...event),
    },
  }
}

function bytesOf({ bytesRead, bytesWritten }: Socket): number {
  return bytesRead + bytesWritten
}

function startTimer(): void {
  if (timer !== undefined) return
  lastCheck = performance.now()
  timer = setInterval(checkSockets, checkIntervalMs)
  // Only the socket should keep the process alive.
  timer.unref()
}

function checkSockets(): void {
  const now = performance.now()
  // While this process was stopped or busy it read nothing; that time does not count as silence.
  const elapsed = Math.min(now - lastCheck, 2 * checkIntervalMs)
  lastCheck = now
  for (const pending of pendingAnswers) {
    const bytes = bytesOf(pending.socket)
    pending.idleMs = bytes === pending.bytes ? pending.idleMs + elapsed : 0
    pending.bytes = bytes
    if (pending.idleMs < pending.limitMs) continue
    pendingAnswers.delete(pending)
    pending.cut()
  }
  if (pendingAnswers.size > 0) return
  clearInterval(timer)
  timer = undefined
}
