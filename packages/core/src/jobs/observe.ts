// Jobs that begin and end here → metrics, and the application's own ear.
import type { Metrics } from '../metrics/metrics.ts'
import type { Job } from './job.ts'
import { toJob } from './job-row.ts'
import { isEnded } from './transitions.ts'
import type { JobObserver } from './worker.ts'

export function observeJobs(metrics: Metrics, onJobEnd: ((job: Job) => void) | undefined): JobObserver {
  return {
    onStart: ({ kind }) => metrics.jobStarted({ kind }),
    onEnd(row) {
      const { kind, resource, status } = row
      const job = toJob(row)
      metrics.jobEnded({ kind, resource, status, seconds: job.durationSeconds ?? 0 })
      // A job that was given back, or taken over by somebody else, will tell its counts when it ends.
      if (!isEnded(status)) return
      const { successfulRecords, failedRecords } = job.progress
      metrics.records({ kind, resource, status: 'successful', count: successfulRecords })
      metrics.records({ kind, resource, status: 'failed', count: failedRecords })
      onJobEnd?.(job)
    },
  }
}
