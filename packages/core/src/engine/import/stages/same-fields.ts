// Stage: batches → batches in which all records give the same fields, for a view: only the table behind it knows defaults.
import type { Target } from '../../catalogue/target.ts'
import { notesAfter, notesUpTo } from '../../record/note.ts'
import type { Row } from '../../resource/row.ts'
import type { RowBatch } from '../../resource/row-batch.ts'
import { endAfter } from './batches.ts'

/** In the order of the file, so that records which give different fields in turn make a batch each. */
export function uniform(batches: AsyncIterable<RowBatch>, target: Target): AsyncIterable<RowBatch> {
  return target.table.kind === 'v' ? cut(batches, target) : batches
}

async function* cut(batches: AsyncIterable<RowBatch>, { writable }: Target): AsyncGenerator<RowBatch> {
  const shapeOf = ({ values }: Row) =>
    writable.map(({ field }) => (values[field.index] === undefined ? '-' : '+')).join('')
  for await (const batch of batches) {
    let rows: Row[] = []
    let { notes } = batch
    let shape: string | undefined
    for (const row of batch.rows) {
      const own = row.errors === undefined ? shapeOf(row) : shape
      const last = rows.at(-1)
      if (last !== undefined && shape !== undefined && own !== shape) {
        const end = endAfter(last, row, notes) ?? batch.end
        yield { rows, end, notes: notesUpTo(notes, end.rowNumber) }
        notes = notesAfter(notes, end.rowNumber)
        rows = []
      }
      shape = own
      rows.push(row)
    }
    yield { ...batch, rows, notes }
  }
}
