// Listens for wake-ups and interrupts on a dedicated connection.
import type { Client, Pool } from '../postgres/pool/checkout.ts'
import { type DedicatedConnection, openDedicatedConnection } from './dedicated-connection.ts'
import { runWithTimeout } from './run-on-checkout.ts'

/** The channel for lanes to wake, and for interrupts. */
export const channel = 'lading_jobs'

/** Precedes the id of a job to interrupt; no lane starts with it. */
const interruptPrefix = 'interrupt:'

/** Maximum milliseconds between two attempts to listen; meanwhile workers poll. */
const longestPauseMs = 30_000

export interface ChannelListener {
  /** Undefined: notifications may have been missed. */
  onWake(lane: string | undefined): void
  onInterrupt(jobId: string): void
  onError(error: unknown): void
}

/** The payload that interrupts a job. */
export function interruptPayload(jobId: string): string {
  return interruptPrefix + jobId
}

/** Listens until it is closed. */
export function listenOn(pool: Pool, { onWake, onInterrupt, onError }: ChannelListener): DedicatedConnection {
  const onNotification = ({ payload }: Notification) => {
    if (payload?.startsWith(interruptPrefix) === true) onInterrupt(payload.slice(interruptPrefix.length))
    else onWake(payload)
  }
  return openDedicatedConnection(pool, {
    async prepare(client) {
      withNotifications(client).on('notification', onNotification)
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

/** Every `pg` client emits this event, but Lading's `Client` interface does not declare it. */
function withNotifications(client: Client): {
  on(event: 'notification', listener: (notification: Notification) => void): unknown
} {
  return client as unknown as ReturnType<typeof withNotifications>
}
