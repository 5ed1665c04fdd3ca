// Stage, for views: batches → batches in which all records have the same fields, since only the underlying table knows defaults.
import type { Target } from '../../catalogue/target.ts'
import { notesAfter, notesUpTo } from '../../record/note.ts'
import type { Row } from '../../resource/row.ts'
import type { RowBatch } from '../../resource/row-batch.ts'
import { endAfter } from './batches.ts'

/** Keeps the order of the file, so records that alternate between sets of fields become a batch each. */
export function splitByGivenFields(
  batches: AsyncIterable<RowBatch>,
  target: Target,
): AsyncIterable<RowBatch> {
  return target.table.kind === 'v' ? splitByFields(batches, target) : batches
}

async function* splitByFields(
  batches: AsyncIterable<RowBatch>,
  { writable }: Target,
): AsyncGenerator<RowBatch> {
  const shapeOf = ({ values }: Row) =>
    writable.map(({ field }) => (values[field.index] === undefined ? '-' : '+')).join('')
  for await (const batch of batches) {
    let rows: Row[] = []
    let { notes } = batch
    let shape: string | undefined
    for (const row of batch.rows) {
      const rowShape = row.errors === undefined ? shapeOf(row) : shape
      const last = rows.at(-1)
      if (last !== undefined && shape !== undefined && rowShape !== shape) {
        const end = endAfter(last, row, notes) ?? batch.end
        yield { rows, end, notes: notesUpTo(notes, end.rowNumber) }
        notes = notesAfter(notes, end.rowNumber)
        rows = []
      }
      shape = rowShape
      rows.push(row)
    }
    yield { ...batch, rows, notes }
  }
}
