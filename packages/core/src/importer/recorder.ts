// What a job adds to a run: where it begins, and what is written with each batch in the batch's own transaction.
import type { MergeOutcome } from '../staging/outcome.ts'
import type { ImportBatch, MergedBatch } from './batches.ts'
import type { ImportReport } from './report.ts'

export interface JobRun {
  /** Row number of the last record that an earlier attempt has dealt with; 0 at first. */
  readonly after: number
  /** Records that earlier attempts have rejected. */
  readonly rejected: number
  /** See `SessionOptions.fence`. */
  readonly fence: string
  /** Statements that record a batch. Must not change anything here: a batch may be tried more than once. */
  record(batch: ImportBatch, outcome: MergeOutcome): string
  /** Statements that end a job whose file gets in as a whole: committed with all its rows. */
  settle(report: ImportReport): string
  /** Hears of each batch that is committed. */
  done(batch: MergedBatch): void
}
