// The consumers of one queue object, so that `close` can end them all.
import { LadingError } from '../errors/lading-error.ts'
import type { Handling } from './claims.ts'
import { consume } from './consume.ts'
import type { MessageStore, Subscribe } from './message-store.ts'
import { checkWhole, type QueueSettings } from './options.ts'
import type { Queue } from './queue.ts'

export function createConsumers(
  store: MessageStore,
  subscribe: Subscribe,
  settings: QueueSettings,
): Pick<Queue, 'consume' | 'close'> & { interruptHere(jobId: string): void } {
  const consumers = new Map<AbortController, Promise<void>>()
  const handlings = new Set<Set<Handling>>()
  let isClosed = false

  return {
    async consume(options) {
      const { concurrency, concurrencyPerResource = concurrency } = options
      checkWhole({ concurrency, concurrencyPerResource })
      if (isClosed || options.signal.aborted) return
      const end = new AbortController()
      const endOnSignal = () => end.abort(options.signal.reason)
      options.signal.addEventListener('abort', endOnSignal, { once: true })
      const running = new Set<Handling>()
      handlings.add(running)
      const consuming = consume(store, subscribe, settings, { ...options, signal: end.signal, running })
      consumers.set(end, consuming)
      try {
        await consuming
      } finally {
        consumers.delete(end)
        handlings.delete(running)
        options.signal.removeEventListener('abort', endOnSignal)
      }
    },

    /** The handlers of this process. */
    interruptHere(jobId) {
      for (const running of handlings) {
        for (const { delivery, stop } of running) {
          if (delivery.jobId === jobId)
            stop.abort(new LadingError('CANCELLED', 'Somebody interrupted the job.'))
        }
      }
    },

    async close() {
      isClosed = true
      for (const end of consumers.keys()) end.abort(new Error('The queue was closed.'))
      await Promise.allSettled(consumers.values())
    },
  }
}
