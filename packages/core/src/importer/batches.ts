// Stages: rows of any grouping → batches of the size that a transaction should have, encoded for COPY.
import type { Target } from '../catalogue/target.ts'
import { defaults } from '../config/defaults.ts'
import type { LadingError } from '../errors/lading-error.ts'
import type { Row } from '../resource/row.ts'
import type { RowBatch } from '../resource/row-batch.ts'
import { encodeBatch, type StagedBatch } from '../staging/encode.ts'
import type { MergeOutcome } from '../staging/outcome.ts'

export interface ImportBatch {
  /** All records of the batch in file order, those with errors too. */
  readonly rows: readonly Row[]
  /** Those without errors, ready for COPY. */
  readonly staged: StagedBatch
  /** Those that are rejected for what is wrong with them alone. */
  readonly aside: readonly Row[]
  /** The place behind this batch: a checkpoint. */
  readonly end: RowBatch['end']
  readonly fault: LadingError | undefined
}

/** A batch that is in the table. */
export interface MergedBatch extends ImportBatch {
  readonly outcome: MergeOutcome
}

/** Leaves out records that an earlier attempt has dealt with, where it did not keep the place to go on from. */
export async function* skipRows(batches: AsyncIterable<RowBatch>, after: number): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    const [first] = batch.rows
    const isNew = first === undefined || first.source.rowNumber > after
    yield isNew ? batch : { ...batch, rows: batch.rows.filter(row => row.source.rowNumber > after) }
  }
}

/** Passes rows on until the import stops; from then on they are counted. */
export async function* untilStop(
  batches: AsyncIterable<RowBatch>,
  stop: { readonly isSet: boolean; unprocessed: number },
): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    if (stop.isSet) stop.unprocessed += batch.rows.length
    yield stop.isSet ? { ...batch, rows: [] } : batch
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
export function endBefore(next: Row | undefined, last: Row): RowBatch['end'] | undefined {
  if (next === undefined) return undefined
  return { byte: next.source.offset, rowNumber: last.source.rowNumber, line: next.source.line - 1 }
}

/** Encodes what got through validation, ahead of the database. */
export async function* encode(
  batches: AsyncIterable<RowBatch>,
  target: Target,
  options: { readonly mayUpdate: boolean },
): AsyncGenerator<ImportBatch> {
  for await (const { rows, end, fault } of batches) {
    const valid = rows.filter(row => row.errors === undefined)
    const aside = rows.filter(row => row.errors !== undefined)
    yield { rows, staged: staged(target, valid, options), aside, end, fault }
  }
}

export function staged(
  target: Target,
  rows: readonly Row[],
  { mayUpdate }: { readonly mayUpdate: boolean },
): StagedBatch {
  return encodeBatch(target, rows, { mayUpdate, chunkBytes: defaults.copyChunkBytes })
}
