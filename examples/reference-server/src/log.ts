// JSON lines: one for each request, one for each job that ended.
import type { Job } from '@lading/core'
import { type Logger, pino } from 'pino'

export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
}

/** What an operator wants to see of a job. Never a value of a file. */
export function logJob(log: Logger, job: Job): void {
  const { processedRecords: processed, successfulRecords: successful, failedRecords: failed } = job.progress
  log.info(
    {
      job_id: job.id,
      type: job.kind,
      resource: job.resource,
      format: job.format,
      status: job.status,
      processed,
      successful,
      failed,
      error_rate: processed === 0 ? 0 : Number((failed / processed).toFixed(4)),
      duration_seconds: job.durationSeconds,
      rows_per_second: job.rowsPerSecond,
      ...(job.errorCode !== null && { error_code: job.errorCode }),
    },
    'job',
  )
}
