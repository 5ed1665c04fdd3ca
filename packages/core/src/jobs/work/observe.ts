// Reports jobs that start and end in this process to the metrics and to `onJobEnd`.
import { safeListener } from '../../errors/quiet-listener.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import type { Job } from '../store/job.ts'
import { type JobRow, toJob } from '../store/job-row.ts'
import { isEnded } from '../store/transitions.ts'

export interface JobObserver {
  /** A worker of this process has claimed it. */
  onStart(job: JobRow): void
  /**
   * The worker has stopped working on it. `now` is the job afterwards: released, ended, or taken over. Undefined if
   * it could not be read.
   */
  onStop(claimed: JobRow, now: JobRow | undefined): void
  /** This process has ended it without completing it: the job was cancelled, failed, or waited for one that did. */
  onEnd(row: JobRow): void
}

/** Wraps `onJobEnd` so that an error it throws goes to `onError` with the id of the job. */
export function quietJobEnd(
  onJobEnd: ((job: Job) => unknown) | undefined,
  onError: (fault: unknown, jobId?: string) => void,
): (job: Job) => void {
  return job => safeListener('onJobEnd', onJobEnd, fault => onError(fault, job.id))(job)
}

/** @param metrics must not throw @param onJobEnd must not throw */
export function observeJobs(metrics: Metrics, onJobEnd: (job: Job) => void): JobObserver {
  /** Jobs that failed here, until their worker stops: by then a retry may have changed them. */
  const counted = new Set<string>()
  const count = (row: JobRow) => {
    const { kind, resource, status } = row
    const { progress, durationSeconds } = toJob(row)
    metrics.jobEnded({ kind, resource, status, seconds: durationSeconds ?? 0 })
    // Its end before a retry has already counted the others.
    const successful = progress.successfulRecords - Number(row.counted_successful)
    const failed = progress.failedRecords - Number(row.counted_failed)
    metrics.records({ kind, resource, status: 'successful', count: Math.max(0, successful) })
    metrics.records({ kind, resource, status: 'failed', count: Math.max(0, failed) })
  }
  return {
    onStart: ({ kind }) => metrics.jobStarted({ kind }),
    onStop({ id, kind, token }, now) {
      metrics.jobStopped({ kind })
      const isCounted = counted.delete(id)
      // Taken over by another worker, which reports it.
      if (now === undefined || now.token !== token || !isEnded(now.status)) return
      // The call that cancelled it has counted it. A failure is counted here if the answer to it was lost.
      if (now.status !== 'cancelled' && !isCounted) count(now)
      onJobEnd(toJob(now))
    },
    onEnd(row) {
      count(row)
      // Its worker will report it.
      if (row.worker === null) onJobEnd(toJob(row))
      else if (row.status === 'failed') counted.add(row.id)
    },
  }
}
