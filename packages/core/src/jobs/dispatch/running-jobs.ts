// Tracks the running jobs of one kind in this process: starts, interrupts and stops them.
import { LadingError } from '../../errors/lading-error.ts'
import type { JobRow } from '../store/job-row.ts'

export interface RunningJobs {
  readonly size: number
  ids(): readonly string[]
  /**
   * Runs a job. If an earlier attempt at the same job is still winding down here, the new one waits for it.
   *
   * @param run must not reject; its signal is aborted by `interrupt` and `stop`
   */
  start(job: JobRow, run: (signal: AbortSignal) => Promise<void>): void
  /** Asks the job to stop, if it is running here. */
  interrupt(id: string): void
  /** Asks all jobs to stop. */
  stop(reason: unknown): void
  /** Resolves when no job is running. */
  ended(): Promise<void>
}

interface Attempt {
  readonly id: string
  readonly abort: AbortController
  readonly ended: Promise<void>
}

/** @param onEnd called after each job */
export function createRunningJobs(onEnd: (job: JobRow) => void): RunningJobs {
  const running = new Set<Attempt>()
  const attemptsAt = (id: string) => [...running].filter(attempt => attempt.id === id)
  return {
    get size() {
      return running.size
    },
    ids: () => [...new Set([...running].map(({ id }) => id))],
    start(job, run) {
      const abort = new AbortController()
      const earlier = attemptsAt(job.id).map(({ ended }) => ended)
      const work =
        earlier.length === 0 ? run(abort.signal) : Promise.all(earlier).then(() => run(abort.signal))
      const attempt: Attempt = {
        id: job.id,
        abort,
        ended: work.finally(() => {
          running.delete(attempt)
          onEnd(job)
        }),
      }
      running.add(attempt)
    },
    interrupt(id) {
      for (const { abort } of attemptsAt(id)) {
        abort.abort(new LadingError('CANCELLED', 'The job was interrupted.'))
      }
    },
    stop(reason) {
      for (const { abort } of running) abort.abort(reason)
    },
    async ended() {
      await Promise.all([...running].map(({ ended }) => ended))
    },
  }
}
