// Stages: rows of any grouping → batches of the size that a transaction should have, encoded for COPY.
import type { Target } from '../catalogue/target.ts'
import { defaults } from '../config/defaults.ts'
import type { LadingError } from '../errors/lading-error.ts'
import type { Row } from '../resource/row.ts'
import type { RowBatch } from '../resource/row-batch.ts'
import { encodeBatch, type StagedBatch } from '../staging/encode.ts'

export interface ImportBatch {
  /** All records of the batch in file order, those with errors too. */
  readonly rows: readonly Row[]
  /** Those without errors, ready for COPY. */
  readonly staged: StagedBatch
  /** The place behind this batch: a checkpoint. */
  readonly end: RowBatch['end']
  readonly fault: LadingError | undefined
}

/** Leaves out records that an earlier attempt has dealt with. They were decoded again to find the place. */
export async function* skipRows(batches: AsyncIterable<RowBatch>, after: number): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    const [first] = batch.rows
    const isNew = first === undefined || first.source.rowNumber > after
    yield isNew ? batch : { ...batch, rows: batch.rows.filter(row => row.source.rowNumber > after) }
  }
}

/** Regroups to at most `batchRows` records and about `batchBytes` bytes. A fault ends the last batch. */
export async function* regroup(
  batches: AsyncIterable<RowBatch>,
  { batchRows, batchBytes }: { readonly batchRows: number; readonly batchBytes: number },
): AsyncGenerator<RowBatch> {
  let rows: Row[] = []
  let bytes = 0
  let end: RowBatch['end'] = { byte: 0, rowNumber: 0, line: 0 }
  for await (const batch of batches) {
    for (const [index, row] of batch.rows.entries()) {
      rows.push(row)
      bytes += row.source.length
      if (rows.length < batchRows && bytes < batchBytes) continue
      yield { rows, end: endBefore(batch.rows[index + 1], row) ?? batch.end }
      rows = []
      bytes = 0
    }
    end = batch.end
    if (batch.fault !== undefined) {
      yield { rows, end, fault: batch.fault }
      return
    }
  }
  yield { rows, end }
}

/** The place between two records: where the next one begins, behind the line ending of the last. */
function endBefore(next: Row | undefined, last: Row): RowBatch['end'] | undefined {
  if (next === undefined) return undefined
  return { byte: next.source.offset, rowNumber: last.source.rowNumber, line: next.source.line - 1 }
}

/** Encodes what got through validation, ahead of the database. */
export async function* encode(batches: AsyncIterable<RowBatch>, target: Target): AsyncGenerator<ImportBatch> {
  for await (const { rows, end, fault } of batches) {
    const staged = encodeBatch(
      target,
      rows.filter(row => row.errors === undefined),
      defaults.copyChunkBytes,
    )
    yield { rows, staged, end, fault }
  }
}
