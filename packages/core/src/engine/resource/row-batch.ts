// Rows on their way through the stages, with the place in the file that they reach.
import type { LadingError } from '../../errors/lading-error.ts'
import { type Note, notesUpTo } from '../record/note.ts'
import type { Position } from '../record/record-batch.ts'
import type { Row } from './row.ts'

export interface RowBatch {
  readonly rows: readonly Row[]
  /** All cells of the rows are ASCII. Absent: nobody looked. */
  readonly isAscii?: boolean | undefined
  readonly end: Position
  /** What the report warns of, in records up to `end`. */
  readonly notes?: readonly Note[] | undefined
  /** The last batch of a broken file says why it broke, behind its good rows. */
  readonly fault?: LadingError
}

/** The rows before `index`, and in band why that row cannot be judged: no row before it may be lost with it. */
export function cutBefore(batch: RowBatch, index: number, fault: LadingError): RowBatch {
  const source = batch.rows[index]?.source
  if (source === undefined) return { ...batch, fault }
  const end = { byte: source.offset, rowNumber: source.rowNumber - 1, line: source.line - 1 }
  return { rows: batch.rows.slice(0, index), end, notes: notesUpTo(batch.notes, end.rowNumber), fault }
}
