// The listeners of one queue in this process: who hears of what, and how `close` ends them all.
import type { QueueListener } from './queue.ts'

export interface Listeners {
  /** Runs `until` for a listener. Its signal is that of the listener, or comes with `close`. */
  hold(listener: QueueListener, until: (signal: AbortSignal) => Promise<void>): Promise<void>
  wake(lane: string | undefined): void
  interrupt(jobId: string): void
  /** Ends those that listen, and those that come later at once. */
  close(): Promise<void>
}

export function createListeners(): Listeners {
  const listeners = new Map<QueueListener, Promise<void>>()
  const closing = new AbortController()
  return {
    async hold(listener, until) {
      const signal = AbortSignal.any([listener.signal, closing.signal])
      if (signal.aborted) return
      const held = until(signal)
      listeners.set(listener, held)
      try {
        await held
      } finally {
        listeners.delete(listener)
      }
    },
    wake(lane) {
      for (const { lanes, onWake } of listeners.keys()) {
        if (lane === undefined || lanes.includes(lane)) onWake(lane)
      }
    },
    interrupt(jobId) {
      for (const { onInterrupt } of listeners.keys()) onInterrupt(jobId)
    },
    async close() {
      closing.abort()
      await Promise.allSettled(listeners.values())
    },
  }
}
