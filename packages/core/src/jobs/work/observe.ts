// Jobs that are worked on here, and jobs that end here → metrics, and the application's own ear.
import type { Metrics } from '../../metrics/metrics.ts'
import type { Job } from '../store/job.ts'
import { type JobRow, toJob } from '../store/job-row.ts'
import { isEnded } from '../store/transitions.ts'

export interface JobObserver {
  /** A worker of this process has claimed it. */
  onStart(job: JobRow): void
  /**
   * That worker is done with it, for whatever reason. `now` is the job behind that: given back, ended, or somebody
   * else's. Undefined if nobody could say.
   */
  onStop(claimed: JobRow, now: JobRow | undefined): void
  /** A call to this process has ended it, where no worker did. */
  onEnd(row: JobRow): void
}

export function observeJobs(metrics: Metrics, onJobEnd: ((job: Job) => void) | undefined): JobObserver {
  const count = (row: JobRow) => {
    const { kind, resource, status } = row
    const { progress, durationSeconds } = toJob(row)
    metrics.jobEnded({ kind, resource, status, seconds: durationSeconds ?? 0 })
    metrics.records({ kind, resource, status: 'successful', count: progress.successfulRecords })
    metrics.records({ kind, resource, status: 'failed', count: progress.failedRecords })
  }
  return {
    onStart: ({ kind }) => metrics.jobStarted({ kind }),
    onStop({ kind, token }, now) {
      metrics.jobStopped({ kind })
      // Taken over by somebody else, who will tell.
      if (now === undefined || now.token !== token || !isEnded(now.status)) return
      // Whoever cancelled it has counted it.
      if (now.status !== 'cancelled') count(now)
      onJobEnd?.(toJob(now))
    },
    onEnd(row) {
      count(row)
      // Its worker will tell.
      if (row.worker === null) onJobEnd?.(toJob(row))
    },
  }
}
