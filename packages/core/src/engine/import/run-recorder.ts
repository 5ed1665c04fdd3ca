// What a job adds to a run: where it starts, and what it writes in the transaction of each batch.
import type { DecodeResume } from '../format/format.ts'
import type { Header } from '../record/record-batch.ts'
import type { BatchFence } from '../staging/batch-transaction.ts'
import type { MergeOutcome } from '../staging/merge/batch-outcome.ts'
import type { EarlierCounts } from './report/nothing-imported.ts'
import type { ImportReport } from './report/report.ts'
import type { StoredWarning, Warnings } from './report/run-warnings.ts'
import type { ImportBatch, MergedBatch } from './stages/batches.ts'

/** Where a later attempt starts reading. */
export interface ResumePoint extends DecodeResume {
  /** True if the source starts at that byte, because its bytes are the text; any other source starts at its beginning. */
  readonly isPlain: boolean
}

export interface JobRun {
  /** Undefined at first, and if no position was stored: the source is then read from its start. */
  readonly resumeFrom: ResumePoint | undefined
  /** Row number of the last record that an earlier attempt processed; 0 at first. */
  readonly after: number
  /** Warnings of earlier attempts for the part that is not read again. */
  readonly warnings: readonly StoredWarning[]
  /** Records that earlier attempts rejected. */
  readonly rejected: number
  /** Counts that earlier attempts committed. */
  readonly earlier: EarlierCounts
  readonly fence: BatchFence
  /**
   * Statements that record a batch. Must not change state: a batch may be tried more than once.
   *
   * @param warnings warnings of the run so far, including those of the batch
   */
  record(batch: ImportBatch, outcome: MergeOutcome, warnings: Warnings): string
  /** Called with the header of a CSV file, before any batch after it is recorded. */
  onHeader(header: Header): void
  /** Names of the tables that hold the records of `record`. */
  readonly tables: readonly string[]
  /** Statements that end the job of an atomic import: committed together with all its rows. */
  settle(report: ImportReport): string
  /** Called for each committed batch. */
  onBatchCommitted(batch: MergedBatch): void
}
