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
 * @param onAnnouncement called with what was announced, or without one when announcements may have been missed.
 */
export function listen(
  pool: Pool,
  onAnnouncement: (kind: string | undefined) => void,
  report: (error: unknown) => void,
): Listener {
  const closing = new AbortController()
  let run: Listener['run']
  let giveUp: ((reason: unknown) => void) | undefined
  let failures = 0

  async function listenOnce(): Promise<void> {
    const loan = await borrowInTime(pool, closing.signal)
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
      announcing(client).on('end', () => lose(new Error('The listening connection ended.')))
      announcing(client).on('notification', ({ payload }) => onAnnouncement(payload))
      await ask(client, { text: `listen ${channel}`, values: [] })
      failures = 0
      run = oneByOne(client, lose)
      onAnnouncement(undefined)
      if (!closing.signal.aborted) await over
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
      giveUp?.(new Error('The queue has stopped listening.'))
      await listening
    },
  }
}

/** One statement after the other: a `pg` client must not be given a second one before the first has ended. */
function oneByOne(
  client: Client,
  giveUp: (reason: unknown) => void,
): (statement: Statement) => Promise<QueryResult> {
  let last: Promise<unknown> = Promise.resolve()
  return statement => {
    const result = last.then(() => ask(client, statement))
    // Whatever failed, the connection is given up: it may have been the reason, and a new one is cheap.
    last = result.catch(giveUp)
    return result
  }
}

/** Every `pg` client is an emitter of these too; the part of it that the rest of Lading needs does not say so. */
function announcing(client: Client): Announcing {
  return client as unknown as Announcing
}
