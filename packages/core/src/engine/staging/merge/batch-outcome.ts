// What became of the rows of a batch, counted; those that stayed out have errors.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Row } from '../../resource/row.ts'

export interface MergeOutcome {
  readonly inserted: number
  readonly updated: number
  /** They were there already, and `ignore` leaves them so or `update` would change nothing. */
  readonly ignored: number
}

/** @throws LadingError `INTERNAL` if a row is neither counted nor rejected, or both: nothing is lost silently */
export function assertAccounted(rows: readonly Row[], outcome: MergeOutcome): void {
  let rejected = 0
  for (const { errors } of rows) if (errors !== undefined) rejected++
  const counted = outcome.inserted + outcome.updated + outcome.ignored + rejected
  if (counted === rows.length) return
  throw new LadingError(
    'INTERNAL',
    `${rows.length} rows were sent and ${counted} accounted for; nothing of them was kept. Please report it.`,
  )
}
