// The one connection of a queue that listens for announcements.
import type { Client, Pool } from '../postgres/client.ts'
import { type KeptConnection, keepConnection } from './kept-connection.ts'
import { ask } from './loan.ts'
import { channel } from './queue-sql.ts'

/** Milliseconds between two attempts to listen; until then, consumers poll. */
const longestPauseMs = 30_000

/** What a `pg` client emits beside errors. */
interface Announcing {
  on(event: 'notification', listener: (notification: { readonly payload?: string }) => void): unknown
}

/**
 * Listens until it is closed.
 *
 * @param onAnnouncement called with what was announced, or without one when announcements may have been missed.
 */
export function listen(
  pool: Pool,
  onAnnouncement: (kind: string | undefined) => void,
  report: (error: unknown) => void,
): KeptConnection {
  return keepConnection(pool, {
    async prepare(client) {
      announcing(client).on('notification', ({ payload }) => onAnnouncement(payload))
      await ask(client, { text: `listen ${channel}`, values: [] })
    },
    onReady: () => onAnnouncement(undefined),
    report,
    longestPauseMs,
  })
}

/** Every `pg` client emits this too; the part of it that the rest of Lading needs does not say so. */
function announcing(client: Client): Announcing {
  return client as unknown as Announcing
}
