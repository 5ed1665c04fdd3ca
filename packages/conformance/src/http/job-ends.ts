// Jobs that end in this process → who waits for one of them.
import { EventEmitter, once } from 'node:events'
import type { Job } from '@lading/core'

/** Milliseconds after which a waiting case looks again: a case may have retried a job that had ended before. */
const lookAgainMs = 100

export interface JobEnds {
  /** The option `onJobEnd` of all jobs of the suite. */
  readonly onJobEnd: (job: Job) => void
  /** Resolves when this job has ended, at once for one whose end nobody has waited for yet. It may resolve too early. */
  jobEnded(id: string): Promise<void>
}

export function createJobEnds(): JobEnds {
  const unseen = new Set<string>()
  // Many cases may wait for one job.
  const emitter = new EventEmitter().setMaxListeners(0)
  return {
    onJobEnd({ id }) {
      unseen.add(id)
      emitter.emit(id)
    },
    async jobEnded(id) {
      if (!unseen.has(id)) {
        await once(emitter, id, { signal: AbortSignal.timeout(lookAgainMs) }).catch(() => undefined)
      }
      unseen.delete(id)
    },
  }
}
