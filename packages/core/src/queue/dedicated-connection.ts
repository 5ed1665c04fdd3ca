// A connection of the pool that is kept for control, one statement after the other, and comes back when it breaks.
import type { Client, Pool, QueryResult } from '../postgres/pool/client.ts'
import { checkoutWithTimeout, runWithTimeout, type Statement } from './run-on-checkout.ts'
import { pause } from './wake.ts'

/** Milliseconds between two attempts to connect; doubled up to the longest. */
const firstPauseMs = 100

/**
 * A connection that lasted as long is replaced at once: a `pg` pool, told that one is broken, has room for another
 * until that one is closed, and only then serves those who wait for it. A pause would put us behind them.
 */
const lastedMs = 1_000

export interface DedicatedConnection {
  /** Runs a statement on it. Undefined while there is none. */
  readonly run: ((statement: Statement) => Promise<QueryResult>) | undefined
  /** Resolves when the connection is given up. */
  close(): Promise<void>
}

export interface DedicatedConnectionOptions {
  /** Done with each new connection before it is used. */
  readonly prepare?: (client: Client) => Promise<void>
  /** Called with each new connection that can be used. */
  readonly onReady: () => void
  readonly report: (error: unknown) => void
  /** Milliseconds between two attempts to connect, when many have failed. */
  readonly longestPauseMs: number
}

/**
 * Kept until it is closed. It is a loan of the pool that is never returned to it as it is: nobody else gets what was
 * set on it, or waits for what it was asked last.
 */
export function openDedicatedConnection(
  pool: Pool,
  options: DedicatedConnectionOptions,
): DedicatedConnection {
  const { prepare = async () => undefined, onReady, report, longestPauseMs } = options
  const closing = new AbortController()
  let run: DedicatedConnection['run']
  let giveUp: ((reason: unknown) => void) | undefined
  let failures = 0

  async function keepOne(): Promise<void> {
    const loan = await checkoutWithTimeout(pool, closing.signal)
    const since = performance.now()
    // Of this connection only: the end of an old one is told late, and must not be taken for that of the next.
    let lose: (reason: unknown) => void = () => undefined
    const over = new Promise<never>((_, reject) => {
      lose = reject
    })
    giveUp = lose
    // It may be over before anybody waits for it.
    over.catch(() => undefined)
    try {
      const { client } = loan
      client.on('error', lose)
      ending(client).on('end', () => lose(new Error('The connection that was kept for control ended.')))
      await Promise.race([prepare(client), over])
      failures = 1
      run = oneByOne(client, lose)
      onReady()
      if (!closing.signal.aborted) await over
    } finally {
      run = undefined
      if (performance.now() - since > lastedMs) failures = 0
      loan.giveBack(new Error('The connection is not kept for control any more.'))
    }
  }

  async function keep(): Promise<void> {
    while (!closing.signal.aborted) {
      await keepOne().catch(error => {
        if (!closing.signal.aborted) report(error)
      })
      const pauseMs = firstPauseMs * 2 ** (failures - 1)
      if (failures > 0) await pause(Math.min(longestPauseMs, pauseMs), closing.signal)
      failures++
    }
  }

  const keeping = keep()
  return {
    get run() {
      return run
    },
    async close() {
      closing.abort()
      giveUp?.(new Error('The connection is needed no more.'))
      await keeping
    },
  }
}

/** A `pg` client must not be given a second statement before the first has ended. */
function oneByOne(
  client: Client,
  giveUp: (reason: unknown) => void,
): (statement: Statement) => Promise<QueryResult> {
  let last: Promise<unknown> = Promise.resolve()
  return statement => {
    const result = last.then(() => runWithTimeout(client, statement))
    // Whatever failed, the connection is given up: it may have been the reason, and a new one is cheap.
    last = result.catch(giveUp)
    return result
  }
}

/** Every `pg` client emits this too; the part of it that the rest of Lading needs does not say so. */
function ending(client: Client): { on(event: 'end', listener: () => void): unknown } {
  return client as unknown as ReturnType<typeof ending>
}
