// The consumers of one queue object, so that `close` can end them all.
import { consume } from './consume.ts'
import type { MessageStore, Subscribe } from './message-store.ts'
import { checkWhole, type QueueSettings } from './options.ts'
import type { Queue } from './queue.ts'

export function createConsumers(
  store: MessageStore,
  subscribe: Subscribe,
  settings: QueueSettings,
): Pick<Queue, 'consume' | 'close'> {
  const consumers = new Map<AbortController, Promise<void>>()
  let isClosed = false

  return {
    async consume(options) {
      checkWhole({ concurrency: options.concurrency })
      if (isClosed || options.signal.aborted) return
      const end = new AbortController()
      const endOnSignal = () => end.abort(options.signal.reason)
      options.signal.addEventListener('abort', endOnSignal, { once: true })
      const consuming = consume(store, subscribe, settings, { ...options, signal: end.signal })
      consumers.set(end, consuming)
      try {
        await consuming
      } finally {
        consumers.delete(end)
        options.signal.removeEventListener('abort', endOnSignal)
      }
    },

    async close() {
      isClosed = true
      for (const end of consumers.keys()) end.abort(new Error('The queue was closed.'))
      await Promise.allSettled(consumers.values())
    },
  }
}
