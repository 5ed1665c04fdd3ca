// Stages: rows in any grouping → batches of the right size for a transaction, encoded for COPY.

import { defaults } from '../../../config/defaults.ts'
import type { LadingError } from '../../../errors/lading-error.ts'
import type { Target } from '../../catalogue/target.ts'
import { type Note, notesAfter, notesUpTo, pushNote } from '../../record/note.ts'
import type { Row } from '../../resource/row.ts'
import type { RowBatch } from '../../resource/row-batch.ts'
import { encodeBatch, type StagedBatch } from '../../staging/encode-batch.ts'
import type { MergeOutcome } from '../../staging/merge/batch-outcome.ts'

export interface ImportBatch {
  /** All records of the batch in file order, including those with errors. */
  readonly rows: readonly Row[]
  /** The records without errors, ready for COPY. */
  readonly staged: StagedBatch
  /** The records that validation rejected. */
  readonly invalid: readonly Row[]
  /** The position after this batch: a checkpoint. */
  readonly end: RowBatch['end']
  readonly notes?: readonly Note[] | undefined
  readonly fault: LadingError | undefined
}

/** A batch that has been merged into the table. */
export interface MergedBatch extends ImportBatch {
  readonly outcome: MergeOutcome
}

/** Skips records that an earlier attempt has processed, if that attempt stored no resume position. */
export async function* skipRows(batches: AsyncIterable<RowBatch>, after: number): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    if (after === 0) yield batch
    else {
      const rows = batch.rows.filter(row => row.source.rowNumber > after)
      yield { ...batch, rows, notes: notesAfter(batch.notes, after) }
    }
  }
}

/** Passes rows on until the import stops; from then on it only counts them. */
export async function* untilStop(
  batches: AsyncIterable<RowBatch>,
  stop: { readonly isSet: boolean; unprocessed: number },
): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    if (stop.isSet) stop.unprocessed += batch.rows.length
    // Notes after the last record of a file still belong in the report.
    const notes = stop.unprocessed > 0 ? undefined : batch.notes
    yield stop.isSet ? { ...batch, rows: [], notes } : batch
  }
}

/** Regroups rows into batches of at most `batchRows` records and about `batchBytes` bytes. A fault ends the last batch. */
export async function* regroup(
  batches: AsyncIterable<RowBatch>,
  { batchRows, batchBytes }: { readonly batchRows: number; readonly batchBytes: number },
): AsyncGenerator<RowBatch> {
  let rows: Row[] = []
  let notes: Note[] = []
  let bytes = 0
  let end: RowBatch['end'] = { byte: 0, rowNumber: 0, line: 0 }
  for await (const batch of batches) {
    for (const note of batch.notes ?? []) pushNote(notes, note)
    for (const [index, row] of batch.rows.entries()) {
      rows.push(row)
      bytes += row.source.length
      if (rows.length < batchRows && bytes < batchBytes) continue
      const checkpoint = endAfter(row, batch.rows[index + 1], notes) ?? batch.end
      yield { rows, end: checkpoint, notes: notesUpTo(notes, checkpoint.rowNumber) }
      rows = []
      notes = [...notesAfter(notes, checkpoint.rowNumber)]
      bytes = 0
    }
    end = batch.end
    if (batch.fault !== undefined) {
      yield { rows, end, notes, fault: batch.fault }
      return
    }
  }
  yield { rows, end, notes }
}

/** The position after a row: where the next record begins. Undefined unless `next` or a skipped record is known to follow. */
export function endAfter(
  { source }: Row,
  next: Row | undefined,
  notes: readonly Note[] | undefined,
): RowBatch['end'] | undefined {
  const skipped = notes?.find(note => note.skipped !== undefined && note.rowNumber > source.rowNumber)
  const isSkippedFirst = skipped !== undefined && (next?.source.rowNumber ?? Infinity) > skipped.rowNumber
  const position = isSkippedFirst ? skipped.skipped : next?.source
  if (position === undefined) return undefined
  return { byte: position.offset, rowNumber: source.rowNumber, line: position.line - 1 }
}

/** Encodes the valid records, ahead of the database. */
export async function* encode(
  batches: AsyncIterable<RowBatch>,
  target: Target,
  options: { readonly mayUpdate: boolean },
): AsyncGenerator<ImportBatch> {
  for await (const { rows, end, notes, fault } of batches) {
    const aside = rows.filter(row => row.errors !== undefined)
    const valid = aside.length === 0 ? rows : rows.filter(row => row.errors === undefined)
    yield { rows, staged: stageRows(target, valid, options), invalid: aside, end, notes, fault }
  }
}

export function stageRows(
  target: Target,
  rows: readonly Row[],
  { mayUpdate }: { readonly mayUpdate: boolean },
): StagedBatch {
  return encodeBatch(target, rows, { mayUpdate, chunkBytes: defaults.copyChunkBytes })
}
