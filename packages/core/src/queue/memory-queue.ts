// A queue in memory, for tests: workers in other processes find their jobs by polling.
import { once } from 'node:events'
import { LadingError } from '../errors/lading-error.ts'
import { createListeners } from './listeners.ts'
import type { Queue } from './queue.ts'

/**
 * Creates a queue that wakes the workers of this process only.
 *
 * @example
 * const jobs = createJobs({ importer, exporter, queue: memoryQueue(), storage: memoryStorage() })
 */
export function memoryQueue(): Queue {
  const listeners = createListeners()
  return {
    joinsTransactions: false,

    async wake(lane, { client } = {}) {
      if (client !== undefined) {
        throw new LadingError(
          'CONFIG_INVALID',
          'A queue in memory cannot join a transaction; wake after the commit, or use postgresQueue.',
        )
      }
      listeners.wake(lane)
    },

    async interrupt(jobId) {
      listeners.interrupt(jobId)
    },

    listen: listener =>
      listeners.run(listener, async signal => {
        if (!signal.aborted) await once(signal, 'abort')
      }),

    close: () => listeners.close(),
  }
}
