// The one connection of a queue that listens for announcements, and comes back by itself when it breaks.
import type { Client, Pool, QueryResult } from '../postgres/client.ts'
import { ask, borrowInTime, type Statement } from './loan.ts'
import { channel } from './queue-sql.ts'
import { pause } from './wake.ts'

/** Milliseconds until the next attempt to listen; doubled up to the second. */
const firstPauseMs = 100
const longestPauseMs = 30_000

/** What a `pg` client emits beside errors. */
interface Announcing {
  on(event: 'notification', listener: (notification: { readonly payload?: string }) => void): unknown
  on(event: 'end', listener: () => void): unknown
}

export interface Listener {
  /** Runs a statement on the listening connection. Undefined while there is none: ask the pool. */
  readonly run: ((statement: Statement) => Promise<QueryResult>) | undefined
  /** Resolves when the connection is given up. */
  close(): Promise<void>
}

/**
 * Listens until it is closed. The connection is a loan of the pool that is never returned to it as it is: somebody
 * else would hear the announcements.
 *
 * @param onAnnouncement called with the kind, or without one when announcements may have been missed.
 */
export function listen(
  pool: Pool,
  onAnnouncement: (kind: string | undefined) => void,
  report: (error: unknown) => void,
): Listener {
  const closing = new AbortController()
  let run: Listener['run']
  let failures = 0

  async function listenOnce(): Promise<void> {
    const loan = await borrowInTime(pool, closing.signal)
    try {
      const broken = new Promise<never>((_, reject) => {
        loan.client.on('error', reject)
        announcing(loan.client).on('end', () => reject(new Error('The listening connection ended.')))
      })
      broken.catch(() => undefined)
      announcing(loan.client).on('notification', ({ payload }) => onAnnouncement(payload))
      await ask(loan.client, { text: `listen ${channel}`, values: [] })
      failures = 0
      const silence = new AbortController()
      run = oneByOne(loan.client, silence)
      onAnnouncement(undefined)
      await Promise.race([broken, aborted(silence.signal), aborted(closing.signal)])
    } finally {
      run = undefined
      loan.giveBack(new Error('The queue has stopped listening on this connection.'))
    }
  }

  async function keepListening(): Promise<void> {
    while (!closing.signal.aborted) {
      await listenOnce().catch(error => {
        if (!closing.signal.aborted) report(error)
      })
      await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** failures++), closing.signal)
    }
  }

  const listening = keepListening()
  return {
    get run() {
      return run
    },
    async close() {
      closing.abort()
      await listening
    },
  }
}

/** One statement after the other: a `pg` client must not be given a second one before the first has ended. */
function oneByOne(client: Client, silence: AbortController): (statement: Statement) => Promise<QueryResult> {
  let last: Promise<unknown> = Promise.resolve()
  return statement => {
    const result = last.then(() => ask(client, statement))
    // Whatever failed, the connection is given up: it may have been the reason, and a new one is cheap.
    last = result.catch(error => silence.abort(error))
    return result
  }
}

/** Rejects with the reason of the signal. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Every `pg` client is an emitter of these too; the part of it that the rest of Lading needs does not say so. */
function announcing(client: Client): Announcing {
  return client as unknown as Announcing
}
