// Answers that are waited for while no byte moves: noticed, and their connection cut off.
import { finished, Writable } from 'node:stream'
import type { Client, QueryResult } from './pg.ts'

/** What a `pg` client lets us see of its socket; a client of another make has none, and is not watched. */
interface Wired {
  readonly processID?: unknown
  readonly connection?: { readonly stream?: Socket }
}

interface Socket {
  readonly bytesRead: number
  readonly bytesWritten: number
  destroy(error: Error): unknown
  setKeepAlive?(enable: boolean, initialDelayMs: number): unknown
}

export interface Watched {
  /** The same connection; its queries are watched. */
  readonly client: Client
  /** Watches one answer of the connection. */
  watch<Answer>(answer: Promise<Answer>): Promise<Answer>
}

/** Milliseconds between two looks at the sockets that are waited for. */
const lookMs = 250

/** Milliseconds of silence after which the kernel asks whether the other side is still there. */
const keepAliveMs = 30_000

interface Wait {
  readonly socket: Socket
  readonly limitMs: number
  readonly cut: () => void
  bytes: number
  idleMs: number
}

const waits = new Set<Wait>()
let looking: NodeJS.Timeout | undefined
let lastLook = 0

/**
 * Neither a limit of the server nor one of the driver helps a connection whose packets vanish: the server cannot time
 * out a COPY that it waits for, and `query_timeout` ends healthy ones. So what is limited here is the time in which
 * no byte moves either way while an answer is due.
 *
 * @param onCut told the process id of the backend, which may still hold locks on the other side
 */
export function watched(client: Client, limitMs: number, onCut: (backend: number) => void): Watched {
  // `pg` documents neither, and has had both in every release of version 8.
  const { connection, processID } = client as Wired
  const socket = connection?.stream
  if (socket === undefined) return { client, watch: answer => answer }
  socket.setKeepAlive?.(true, keepAliveMs)

  const begin = (): (() => void) => {
    const wait: Wait = {
      socket,
      limitMs,
      bytes: bytesOf(socket),
      idleMs: 0,
      cut() {
        socket.destroy(new Error(`The database connection moved no byte for ${limitMs / 1000} s.`))
        if (typeof processID === 'number') onCut(processID)
      },
    }
    waits.add(wait)
    look()
    return () => waits.delete(wait)
  }
  const watch = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    const end = begin()
    try {
      return await answer
    } finally {
      end()
    }
  }
  function query<Stream extends NodeJS.EventEmitter & { submit(connection: unknown): void }>(
    stream: Stream,
  ): Stream
  function query(text: string, values?: unknown[]): Promise<QueryResult>
  function query(what: unknown, values?: unknown[]): unknown {
    // Handed on as it is, whichever of the two it is.
    const asked: unknown = client.query(what as string, values)
    if (asked instanceof Promise) return watch(asked)
    // What is sent is waited for until it was taken. What is read waits for its reader too, who watches it himself.
    if (asked instanceof Writable) finished(asked, begin())
    return asked
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

function look(): void {
  if (looking !== undefined) return
  lastLook = performance.now()
  looking = setInterval(lookAgain, lookMs)
  // The socket keeps the process alive, if anything has to.
  looking.unref()
}

function lookAgain(): void {
  const now = performance.now()
  // While this process was stopped or busy it read nothing, and that is not the connection's silence.
  const passed = Math.min(now - lastLook, 2 * lookMs)
  lastLook = now
  for (const wait of waits) {
    const bytes = bytesOf(wait.socket)
    wait.idleMs = bytes === wait.bytes ? wait.idleMs + passed : 0
    wait.bytes = bytes
    if (wait.idleMs < wait.limitMs) continue
    waits.delete(wait)
    wait.cut()
  }
  if (waits.size > 0) return
  clearInterval(looking)
  looking = undefined
}
