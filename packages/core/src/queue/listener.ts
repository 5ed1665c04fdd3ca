// The dedicated connection on which a process hears wake-ups and interrupts.
import type { Client, Pool } from '../postgres/pool/client.ts'
import { type DedicatedConnection, openDedicatedConnection } from './dedicated-connection.ts'
import { runWithTimeout } from './run-on-checkout.ts'

/** Carries lanes to wake, and interrupts. */
export const channel = 'lading_jobs'

/** Precedes the id of a job to interrupt; no lane starts like this. */
const interruption = 'interrupt:'

/** Milliseconds between two attempts to listen, at most; until then workers poll. */
const longestPauseMs = 30_000

export interface ChannelListener {
  /** Undefined: notifications may have been missed. */
  onWake(lane: string | undefined): void
  onInterrupt(jobId: string): void
  onError(error: unknown): void
}

/** The payload that interrupts a job. */
export function interruptPayload(jobId: string): string {
  return interruption + jobId
}

/** Listens until it is closed. */
export function listenOn(pool: Pool, { onWake, onInterrupt, onError }: ChannelListener): DedicatedConnection {
  const hear = ({ payload }: Notification) => {
    if (payload?.startsWith(interruption) === true) onInterrupt(payload.slice(interruption.length))
    else onWake(payload)
  }
  return openDedicatedConnection(pool, {
    async prepare(client) {
      notifying(client).on('notification', hear)
      await runWithTimeout(client, { text: `listen ${channel}`, values: [] })
    },
    onReady: () => onWake(undefined),
    report: onError,
    longestPauseMs,
  })
}

interface Notification {
  readonly payload?: string
}

/** Every `pg` client emits this too; the part of it that the rest of Lading needs does not say so. */
function notifying(client: Client): {
  on(event: 'notification', listener: (notification: Notification) => void): unknown
} {
  return client as unknown as ReturnType<typeof notifying>
}
