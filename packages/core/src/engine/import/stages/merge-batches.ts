// Stage: encoded batches → batches merged into the table, up to the record that reaches `maxErrors`.

import { defaults } from '../../../config/defaults.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { prefetch } from '../../../util/prefetch.ts'
import type { Target } from '../../catalogue/target.ts'
import { notesAfter, notesUpTo, pushNote } from '../../record/note.ts'
import type { Row } from '../../resource/row.ts'
import type { MergeOutcome } from '../../staging/merge/batch-outcome.ts'
import { insertedOnly } from '../../staging/merge/merge-context.ts'
import type { StagingConnection } from '../../staging/staging-connection.ts'
import { endAfter, type ImportBatch, type MergedBatch, stageRows } from './batches.ts'
import { mergeInOrder } from './merge-in-order.ts'

/** Makes the stages before the merge only count the remaining records. */
export interface Stop {
  isSet: boolean
  /** Records that were not reached. */
  unprocessed: number
}

export interface MergeOptions {
  readonly target: Target
  readonly signal: AbortSignal
  /** Stops reading the source, for a run that ends before it. */
  readonly stopReading: () => void
  readonly mayUpdate: boolean
  /** Stop once this many records have been rejected. */
  readonly maxErrors: number
  /** Records that earlier attempts rejected. */
  readonly rejected: number
  readonly stop: Stop
  readonly record: ((batch: ImportBatch, outcome: MergeOutcome) => string) | undefined
}

export async function* mergeBatches(
  batches: AsyncIterable<ImportBatch>,
  connections: readonly [StagingConnection, ...StagingConnection[]],
  options: MergeOptions,
): AsyncGenerator<MergedBatch> {
  const [staging, ...others] = connections
  if (others.length > 0) {
    yield* mergeInOrder(batches, connections, options)
    return
  }
  const { signal, stopReading, stop, maxErrors } = options
  let { rejected } = options
  stop.isSet = rejected >= maxErrors
  let end: MergedBatch['end'] = { byte: 0, rowNumber: 0, line: 0 }
  /** Notes and faults after the record that stopped the import. They count if no record follows. */
  let remainder: ImportBatch | undefined
  for await (const batch of prefetch(batches, defaults.batchesAhead, stopReading)) {
    signal.throwIfAborted()
    if (stop.isSet) {
      stop.unprocessed += batch.rows.length
      remainder = mergeNotes(remainder, batch)
      continue
    }
    const merged = await mergeUpTo(batch, staging, maxErrors - rejected, options)
    rejected += rejectedIn(merged.rows)
    stop.isSet = rejected >= maxErrors
    stop.unprocessed += batch.rows.length - merged.rows.length
    end = merged.end
    if (end !== batch.end) remainder = { ...batch, notes: notesAfter(batch.notes, end.rowNumber) }
    yield merged
  }
  const emptyBatch = { rows: [], staged: stageRows(options.target, [], options), invalid: [] }
  if (stop.unprocessed > 0) {
    yield { ...emptyBatch, end, fault: tooManyErrors(rejected), outcome: insertedOnly(0) }
  } else if (remainder !== undefined) {
    yield await mergeUpTo({ ...remainder, ...emptyBatch }, staging, Number.POSITIVE_INFINITY, options)
  }
}

function mergeNotes(before: ImportBatch | undefined, batch: ImportBatch): ImportBatch {
  if (before === undefined) return batch
  const notes = [...(before.notes ?? [])]
  for (const note of batch.notes ?? []) pushNote(notes, note)
  return { ...batch, notes }
}

/**
 * Merges a batch up to the record that reaches the limit of rejected records. Which record that is shows only after the
 * merge; then the batch is rolled back and merged again up to there.
 */
async function mergeUpTo(
  batch: ImportBatch,
  staging: StagingConnection,
  maxRejected: number,
  { target, mayUpdate, record }: MergeOptions,
): Promise<MergedBatch> {
  let part = batch
  for (;;) {
    part = upTo(part, maxRejected, target, mayUpdate)
    const current = part
    const exceedsLimit = () => upTo(current, maxRejected, target, mayUpdate) !== current
    const outcome = await staging.merge(
      current.staged,
      current.invalid,
      record === undefined && maxRejected === Number.POSITIVE_INFINITY
        ? undefined
        : counted => (exceedsLimit() ? undefined : (record?.(current, counted) ?? '')),
    )
    if (outcome !== undefined) return { ...current, outcome }
  }
}

/** The batch up to the record that reaches `maxRejected`; the batch itself if that is its last record, or none does. */
function upTo(batch: ImportBatch, maxRejected: number, target: Target, mayUpdate: boolean): ImportBatch {
  let rejected = 0
  for (const [index, row] of batch.rows.entries()) {
    if (row.errors !== undefined) rejected++
    if (rejected < maxRejected) continue
    const end = endAfter(row, batch.rows[index + 1], batch.notes)
    if (end === undefined) return batch
    const rows = batch.rows.slice(0, index + 1)
    return {
      rows,
      staged: stageRows(target, batch.staged.rows.filter(isAmong(rows)), { mayUpdate }),
      invalid: batch.invalid.filter(isAmong(rows)),
      end,
      notes: notesUpTo(batch.notes, end.rowNumber),
      fault: undefined,
    }
  }
  return batch
}

function isAmong(rows: readonly Row[]): (row: Row) => boolean {
  const known = new Set(rows)
  return row => known.has(row)
}

function rejectedIn(rows: readonly Row[]): number {
  let rejected = 0
  for (const { errors } of rows) if (errors !== undefined) rejected++
  return rejected
}

function tooManyErrors(rejected: number): LadingError {
  return new LadingError(
    'TOO_MANY_ERRORS',
    `${rejected} records were rejected, which is the maximum allowed; the rest of the file was not imported.`,
  )
}
