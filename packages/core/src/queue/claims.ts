// Keeps the messages of running handlers hidden from others, and tells a handler that lost its message.
import { LadingError } from '../errors/lading-error.ts'
import type { Delivery, MessageStore } from './message-store.ts'

/** A handler that runs. */
export interface Handling {
  readonly delivery: Delivery
  /** Asks the handler to stop. */
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/** Renews every `everyMs` until the returned function is called, which resolves when no renewal is under way. */
export function keepClaims(
  store: MessageStore,
  running: ReadonlySet<Handling>,
  everyMs: number,
  report: (error: unknown) => void,
): () => Promise<void> {
  let underWay: Promise<void> | undefined

  async function renew(): Promise<void> {
    const handlings = [...running]
    if (handlings.length === 0) return
    try {
      const held = await store.renew(handlings.map(({ delivery }) => delivery.claim))
      for (const handling of handlings) {
        if (held.has(handling.delivery.claim) || !running.has(handling)) continue
        handling.stop.abort(
          new LadingError('CANCELLED', 'This worker was taken for dead, and another one has the job now.'),
        )
      }
    } catch (error) {
      // The next renewal comes before the time is over, and the job's own lease is what counts.
      report(error)
    }
  }

  const timer = setInterval(() => {
    underWay ??= renew().finally(() => {
      underWay = undefined
    })
  }, everyMs)
  return async () => {
    clearInterval(timer)
    await underWay
  }
}
