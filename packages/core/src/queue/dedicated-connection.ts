// Holds one connection of the pool for control statements, runs them one at a time, and reconnects when it breaks.
import type { Client, Pool, QueryResult } from '../postgres/pool/checkout.ts'
import { checkoutWithTimeout, runWithTimeout, type Statement } from './run-on-checkout.ts'
import { pause } from './wake.ts'

/** Milliseconds between two attempts to connect; doubled up to `longestPauseMs`. */
const firstPauseMs = 100

/**
 * A connection that lasted this many milliseconds is replaced at once. A `pg` pool that gets a broken one back has a
 * free slot until it has closed it; only then does it serve waiting clients. After a pause, this client would queue
 * after them.
 */
const stableMs = 1_000

export interface DedicatedConnection {
  /** Runs a statement on the connection. Undefined while there is none. */
  readonly run: ((statement: Statement) => Promise<QueryResult>) | undefined
  /** Closes the connection, and resolves when it is closed. */
  close(): Promise<void>
}

export interface DedicatedConnectionOptions {
  /** Prepares each new connection before it is used. */
  readonly prepare?: (client: Client) => Promise<void>
  /** Called when a new connection is ready. */
  readonly onReady: () => void
  readonly report: (error: unknown) => void
  /** Maximum milliseconds between two attempts to connect. */
  readonly longestPauseMs: number
}

/**
 * Opens the connection and holds it until `close`. It never returns to the pool, because settings and a pending
 * statement would reach its next user.
 */
export function openDedicatedConnection(
  pool: Pool,
  options: DedicatedConnectionOptions,
): DedicatedConnection {
  const { prepare = async () => undefined, onReady, report, longestPauseMs } = options
  const closing = new AbortController()
  let run: DedicatedConnection['run']
  let drop: ((reason: unknown) => void) | undefined
  let failures = 0

  async function holdOne(): Promise<void> {
    const checkedOut = await checkoutWithTimeout(pool, closing.signal)
    const openedAt = performance.now()
    // Specific to this connection: the end of an old one may be reported late, and must not be taken for that of the
    // next.
    let fail: (reason: unknown) => void = () => undefined
    const lost = new Promise<never>((_, reject) => {
      fail = reject
    })
    drop = fail
    // It may fail before it is awaited.
    lost.catch(() => undefined)
    try {
      const { client } = checkedOut
      client.on('error', fail)
      withEndEvent(client).on('end', () => fail(new Error('The dedicated connection ended.')))
      await Promise.race([prepare(client), lost])
      failures = 1
      run = serialized(client, fail)
      onReady()
      if (!closing.signal.aborted) await lost
    } finally {
      run = undefined
      if (performance.now() - openedAt > stableMs) failures = 0
      checkedOut.release(new Error('The dedicated connection is no longer used.'))
    }
  }

  async function reconnectLoop(): Promise<void> {
    while (!closing.signal.aborted) {
      await holdOne().catch(error => {
        if (!closing.signal.aborted) report(error)
      })
      const pauseMs = firstPauseMs * 2 ** (failures - 1)
      if (failures > 0) await pause(Math.min(longestPauseMs, pauseMs), closing.signal)
      failures++
    }
  }

  const loopEnded = reconnectLoop()
  return {
    get run() {
      return run
    },
    async close() {
      closing.abort()
      drop?.(new Error('The dedicated connection is no longer needed.'))
      await loopEnded
    },
  }
}

/** A `pg` client must not get a second statement before the first has finished. */
function serialized(
  client: Client,
  drop: (reason: unknown) => void,
): (statement: Statement) => Promise<QueryResult> {
  let last: Promise<unknown> = Promise.resolve()
  return statement => {
    const result = last.then(() => runWithTimeout(client, statement))
    // After any failure the connection is dropped: it may have been the cause, and a new one is cheap.
    last = result.catch(drop)
    return result
  }
}

/** Every `pg` client emits this event, but Lading's `Client` interface does not declare it. */
function withEndEvent(client: Client): { on(event: 'end', listener: () => void): unknown } {
  return client as unknown as ReturnType<typeof withEndEvent>
}
