// Counts the outcome of a batch's rows, and asserts that every row is counted or rejected.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Row } from '../../resource/row.ts'

export interface MergeOutcome {
  readonly inserted: number
  readonly updated: number
  /** Already in the table, and skipped by `ignore` or left unchanged by `update`. */
  readonly ignored: number
}

/** Returns statements to commit with a batch, or undefined if the batch is to be rolled back. */
export type BatchRecorder = (outcome: MergeOutcome) => string | undefined

/** @throws LadingError `INTERNAL` if a row is neither counted nor rejected, or both */
export function assertAccounted(rows: readonly Row[], outcome: MergeOutcome): void {
  let rejected = 0
  for (const { errors } of rows) if (errors !== undefined) rejected++
  const counted = outcome.inserted + outcome.updated + outcome.ignored + rejected
  if (counted === rows.length) return
  throw new LadingError(
    'INTERNAL',
    `${rows.length} rows were sent and ${counted} accounted for; the batch was not committed. Please report this bug.`,
  )
}
