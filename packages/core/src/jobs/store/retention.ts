// Retention of a job ↔ its options: set by the process that accepts the job, whichever worker runs it.
import type { JobRow } from './job-row.ts'
import type { NewJob } from './new-job.ts'

export interface RetentionOptions {
  /** Hours for which the file of an export is kept. */
  readonly fileExpiryHours: number
  /** Errors of an import whose message is stored. */
  readonly storedErrors: number
}

/** The options as they are stored. Retention is not part of the request that an idempotency key stands for. */
export function withRetention(
  { kind, options }: NewJob,
  { fileExpiryHours, storedErrors }: RetentionOptions,
): object {
  return { ...options, kept: kind === 'export' ? { fileExpiryHours } : { storedErrors } }
}

/** @param fallback the retention of this process, for a job of a version that did not store it */
export function retentionOf({ options }: JobRow, fallback: RetentionOptions): RetentionOptions {
  // `withRetention` writes nothing else under this name.
  return { ...fallback, ...(options.kept as Partial<RetentionOptions> | undefined) }
}
