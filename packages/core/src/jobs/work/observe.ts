// Jobs that are worked on here, and jobs that end here → metrics, and the application's own ear.
import { quietly } from '../../errors/listener.ts'
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
  /** This process has ended it, and it has not completed: cancelled, failed, or one of those that were to follow. */
  onEnd(row: JobRow): void
}

/** What the application's own ear throws is told with the job that it was told of. */
export function quietJobEnd(
  onJobEnd: ((job: Job) => unknown) | undefined,
  onError: (fault: unknown, jobId?: string) => void,
): (job: Job) => void {
  return job => quietly('onJobEnd', onJobEnd, fault => onError(fault, job.id))(job)
}

/** @param onJobEnd neither of the two may throw */
export function observeJobs(metrics: Metrics, onJobEnd: (job: Job) => void): JobObserver {
  /** Jobs that failed here, until their worker stops: by then they may have been retried, and look otherwise. */
  const counted = new Set<string>()
  const count = (row: JobRow) => {
    const { kind, resource, status } = row
    const { progress, durationSeconds } = toJob(row)
    metrics.jobEnded({ kind, resource, status, seconds: durationSeconds ?? 0 })
    // Its end before a retry has told of the others.
    const successful = progress.successfulRecords - Number(row.told_successful)
    const failed = progress.failedRecords - Number(row.told_failed)
    metrics.records({ kind, resource, status: 'successful', count: Math.max(0, successful) })
    metrics.records({ kind, resource, status: 'failed', count: Math.max(0, failed) })
  }
  return {
    onStart: ({ kind }) => metrics.jobStarted({ kind }),
    onStop({ id, kind, token }, now) {
      metrics.jobStopped({ kind })
      const isCounted = counted.delete(id)
      // Taken over by somebody else, who will tell.
      if (now === undefined || now.token !== token || !isEnded(now.status)) return
      // Whoever cancelled it has counted it. A failure is counted here if the answer to it was lost.
      if (now.status !== 'cancelled' && !isCounted) count(now)
      onJobEnd(toJob(now))
    },
    onEnd(row) {
      count(row)
      // Its worker will tell.
      if (row.worker === null) onJobEnd(toJob(row))
      else if (row.status === 'failed') counted.add(row.id)
    },
  }
}
