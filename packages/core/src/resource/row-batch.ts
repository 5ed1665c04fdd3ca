// Rows on their way through the stages, with the place in the file that they reach.
import type { LadingError } from '../errors/lading-error.ts'
import type { Position } from '../record/record-batch.ts'
import type { Row } from './row.ts'

export interface RowBatch {
  readonly rows: readonly Row[]
  readonly end: Position
  /** The last batch of a broken file says why it broke, behind its good rows. */
  readonly fault?: LadingError
}
