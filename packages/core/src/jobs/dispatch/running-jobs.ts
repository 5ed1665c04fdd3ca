// Tracks the running jobs of one kind in this process: starts, interrupts and stops them.
import { LadingError } from '../../errors/lading-error.ts'
import type { JobRow } from '../store/job-row.ts'

export interface RunningJobs {
  readonly size: number
  ids(): readonly string[]
  /** Runs a job. @param run must not reject; its signal is aborted by `interrupt` and `stop` */
  start(job: JobRow, run: (signal: AbortSignal) => Promise<void>): void
  /** Asks the job to stop, if it is running here. */
  interrupt(id: string): void
  /** Asks all jobs to stop. */
  stop(reason: unknown): void
  /** Resolves when no job is running. */
  ended(): Promise<void>
}

/** @param onEnd called after each job */
export function createRunningJobs(onEnd: (job: JobRow) => void): RunningJobs {
  const running = new Map<string, { readonly abort: AbortController; readonly ended: Promise<void> }>()
  return {
    get size() {
      return running.size
    },
    ids: () => [...running.keys()],
    start(job, run) {
      const abort = new AbortController()
      const ended = run(abort.signal).finally(() => {
        running.delete(job.id)
        onEnd(job)
      })
      running.set(job.id, { abort, ended })
    },
    interrupt(id) {
      running.get(id)?.abort.abort(new LadingError('CANCELLED', 'The job was interrupted.'))
    },
    stop(reason) {
      for (const { abort } of running.values()) abort.abort(reason)
    },
    async ended() {
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }
}
