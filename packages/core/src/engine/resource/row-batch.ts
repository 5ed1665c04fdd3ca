// A batch of rows between stages, with the position in the file where it ends.
import type { LadingError } from '../../errors/lading-error.ts'
import { type Note, notesUpTo } from '../record/note.ts'
import type { Position } from '../record/record-batch.ts'
import type { Row } from './row.ts'

export interface RowBatch {
  readonly rows: readonly Row[]
  /** All cells of the rows are ASCII. Absent if that was not checked. */
  readonly isAscii?: boolean | undefined
  readonly end: Position
  /** Warnings for the report, about records up to `end`. */
  readonly notes?: readonly Note[] | undefined
  /** In the last batch of a broken file: why it broke, after the good rows. */
  readonly fault?: LadingError
}

/** Cuts a batch before `index` and attaches the fault of that row, so that the rows before it are not lost. */
export function cutBefore(batch: RowBatch, index: number, fault: LadingError): RowBatch {
  const source = batch.rows[index]?.source
  if (source === undefined) return { ...batch, fault }
  const end = { byte: source.offset, rowNumber: source.rowNumber - 1, line: source.line - 1 }
  return { rows: batch.rows.slice(0, index), end, notes: notesUpTo(batch.notes, end.rowNumber), fault }
}
