// The listeners of one queue in this process: passes events to them, and ends them all on `close`.
import type { QueueListener } from './queue.ts'

export interface QueueListeners {
  /** Registers a listener while `listen` runs. The signal is aborted by the listener's own signal, or by `close`. */
  run(listener: QueueListener, listen: (signal: AbortSignal) => Promise<void>): Promise<void>
  wake(lane: string | undefined): void
  interrupt(jobId: string): void
  /** Ends all listeners; later ones end at once. */
  close(): Promise<void>
}

export function createListeners(): QueueListeners {
  const listeners = new Map<QueueListener, Promise<void>>()
  const closing = new AbortController()
  return {
    async run(listener, listen) {
      const signal = AbortSignal.any([listener.signal, closing.signal])
      if (signal.aborted) return
      const running = listen(signal)
      listeners.set(listener, running)
      try {
        await running
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
