// What a job adds to a run: where it begins, and what is written with each batch in the batch's own transaction.
import type { DecodeFrom } from '../format/format.ts'
import type { Header } from '../record/record-batch.ts'
import type { MergeOutcome } from '../staging/merge/batch-outcome.ts'
import type { EarlierCounts } from './report/nothing-imported.ts'
import type { ImportReport } from './report/report.ts'
import type { StoredWarning, Warnings } from './report/run-warnings.ts'
import type { ImportBatch, MergedBatch } from './stages/batches.ts'

/** Where a later attempt begins to read. */
export interface ResumePoint extends DecodeFrom {
  /** The source begins at that byte, because its bytes are the text; any other begins at its own start. */
  readonly isPlain: boolean
}

export interface JobRun {
  /** Undefined at first, and where the place was not kept: then the source is read from its start. */
  readonly from: ResumePoint | undefined
  /** Row number of the last record that an earlier attempt has dealt with; 0 at first. */
  readonly after: number
  /** What earlier attempts have warned of in the part that is not read again. */
  readonly warnings: readonly StoredWarning[]
  /** Records that earlier attempts have rejected. */
  readonly rejected: number
  /** What earlier attempts have committed. */
  readonly earlier: EarlierCounts
  /** Statements at the beginning of each batch's transaction, without a result set. */
  readonly fence: string
  /**
   * Statements that record a batch. Must not change anything here: a batch may be tried more than once.
   *
   * @param warnings of the run so far, with those of the batch
   */
  record(batch: ImportBatch, outcome: MergeOutcome, warnings: Warnings): string
  /** Hears of the header of a CSV file, before any batch behind it is recorded. */
  onHeader(header: Header): void
  /** Tables that hold what is recorded, by their names. */
  readonly tables: readonly string[]
  /** Statements that end a job whose file gets in as a whole: committed with all its rows. */
  settle(report: ImportReport): string
  /** Hears of each batch that is committed. */
  done(batch: MergedBatch): void
}
