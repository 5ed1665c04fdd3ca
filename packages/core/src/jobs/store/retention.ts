// How much of a job is kept and for how long ↔ its options: said by the process that took it, whichever worker does it.
import type { JobRow } from './job-row.ts'
import type { NewJob } from './new-job.ts'

export interface RetentionOptions {
  /** Hours that the file of an export is kept. */
  readonly fileExpiryHours: number
  /** Errors of an import whose message is stored. */
  readonly storedErrors: number
}

/** The options as they are written. They count for no idempotency key, which stands for what was asked. */
export function withRetention(
  { kind, options }: NewJob,
  { fileExpiryHours, storedErrors }: RetentionOptions,
): object {
  return { ...options, kept: kind === 'export' ? { fileExpiryHours } : { storedErrors } }
}

/** @param own what this process was told, for a job of a version that did not write it down */
export function retentionOf({ options }: JobRow, own: RetentionOptions): RetentionOptions {
  // `withKept` writes nothing else.
  return { ...own, ...(options.kept as Partial<RetentionOptions> | undefined) }
}
