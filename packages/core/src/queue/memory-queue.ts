// A queue in the memory of the process: for tests, and where producer and worker are one process that may lose it.
import { LadingError } from '../errors/lading-error.ts'
import { createConsumers } from './consumers.ts'
import { memoryMessages } from './memory-messages.ts'
import { type QueueOptions, queueFull, readQueueOptions } from './options.ts'
import type { Queue, QueueKind } from './queue.ts'

/** Longer timers fire at once (Node.js manual, `setTimeout`); the poll finds what they miss. */
const longestTimerMs = 2_147_483_647

/**
 * Keeps messages in memory. They end with the process; jobs that were pending are found again by the sweep.
 *
 * @example
 * const jobs = createJobs({ importer, exporter, queue: memoryQueue(), storage: memoryStorage() })
 */
export function memoryQueue(options: QueueOptions = {}): Queue {
  const settings = readQueueOptions(options)
  const bells = new Set<{ kind: QueueKind; ring: () => void }>()

  const ringAll = (kind: QueueKind) => {
    for (const bell of bells) if (bell.kind === kind) bell.ring()
  }
  const messages = memoryMessages(settings.visibilityMs, (kind, afterMs) => {
    if (afterMs <= 0) return ringAll(kind)
    // Timers may be a little early. A message that waits for its moment is no reason to keep the process alive.
    setTimeout(ringAll, Math.min(Math.ceil(afterMs) + 1, longestTimerMs), kind).unref()
  })

  const { interruptHere, ...consumers } = createConsumers(
    messages,
    (kind, ring) => {
      const bell = { kind, ring }
      bells.add(bell)
      return async () => {
        bells.delete(bell)
      }
    },
    settings,
  )

  return {
    joinsTransactions: false,
    selectsByStorage: true,

    async enqueue(message, { client } = {}) {
      if (client !== undefined) throw cannotJoin('enqueue')
      if (!messages.add(message, settings.maxDepth)) throw queueFull()
    },

    async depth(kind) {
      return messages.depth(kind)
    },

    async forget(jobId, { client } = {}) {
      if (client !== undefined) throw cannotJoin('forget')
      messages.forget(jobId)
    },

    async interrupt(jobId) {
      interruptHere(jobId)
    },

    ...consumers,
  }
}

function cannotJoin(what: string): LadingError {
  return new LadingError(
    'CONFIG_INVALID',
    `A queue in memory cannot join a transaction; ${what} after the commit, or use postgresQueue.`,
  )
}
