// Stage: encoded batches → batches that are in the table, up to the record that is one rejected record too many.

import { defaults } from '../../../config/defaults.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { prefetch } from '../../../util/prefetch.ts'
import type { Target } from '../../catalogue/target.ts'
import { notesAfter, notesUpTo, pushNote } from '../../record/note.ts'
import type { Row } from '../../resource/row.ts'
import type { MergeOutcome } from '../../staging/merge/batch-outcome.ts'
import { insertedOnly } from '../../staging/merge/merge-context.ts'
import type { StagingConnection } from '../../staging/staging-connection.ts'
import { endAfter, type ImportBatch, type MergedBatch, staged } from './batches.ts'

/** Tells the stages before the merge that what comes now is only counted. */
export interface Stop {
  isSet: boolean
  /** Records that were not reached. */
  unprocessed: number
}

export interface MergeOptions {
  readonly target: Target
  readonly signal: AbortSignal
  /** Ends the reading of the source, for a run that ends before it. */
  readonly giveUp: () => void
  readonly mayUpdate: boolean
  /** Rejected records behind which nothing more is imported. */
  readonly maxErrors: number
  /** Records that earlier attempts have rejected. */
  readonly rejected: number
  readonly stop: Stop
  readonly record: ((batch: ImportBatch, outcome: MergeOutcome) => string) | undefined
}

export async function* mergeBatches(
  batches: AsyncIterable<ImportBatch>,
  session: StagingConnection,
  options: MergeOptions,
): AsyncGenerator<MergedBatch> {
  const { signal, giveUp, stop, maxErrors } = options
  let { rejected } = options
  stop.isSet = rejected >= maxErrors
  let end: MergedBatch['end'] = { byte: 0, rowNumber: 0, line: 0 }
  /** What the file has to say after the record that stopped the import. It counts if no record follows. */
  let rest: ImportBatch | undefined
  for await (const batch of prefetch(batches, defaults.batchesAhead, giveUp)) {
    signal.throwIfAborted()
    if (stop.isSet) {
      stop.unprocessed += batch.rows.length
      rest = joined(rest, batch)
      continue
    }
    const merged = await mergeUpTo(batch, session, maxErrors - rejected, options)
    rejected += rejectedIn(merged.rows)
    stop.isSet = rejected >= maxErrors
    stop.unprocessed += batch.rows.length - merged.rows.length
    end = merged.end
    if (end !== batch.end) rest = { ...batch, notes: notesAfter(batch.notes, end.rowNumber) }
    yield merged
  }
  const none = { rows: [], staged: staged(options.target, [], options), aside: [] }
  if (stop.unprocessed > 0) {
    yield { ...none, end, fault: tooManyErrors(rejected), outcome: insertedOnly(0) }
  } else if (rest !== undefined) {
    yield await mergeUpTo({ ...rest, ...none }, session, Number.POSITIVE_INFINITY, options)
  }
}

function joined(before: ImportBatch | undefined, batch: ImportBatch): ImportBatch {
  if (before === undefined) return batch
  const notes = [...(before.notes ?? [])]
  for (const note of batch.notes ?? []) pushNote(notes, note)
  return { ...batch, notes }
}

/**
 * Judging one record after the other would stop at the last one that is allowed to be rejected. Which one that is
 * shows when the batch has been judged; then it is taken back, and done again up to there.
 */
async function mergeUpTo(
  batch: ImportBatch,
  session: StagingConnection,
  allowed: number,
  { target, mayUpdate, record }: MergeOptions,
): Promise<MergedBatch> {
  let part = batch
  for (;;) {
    part = upTo(part, allowed, target, mayUpdate)
    const current = part
    const isOver = () => upTo(current, allowed, target, mayUpdate) !== current
    const outcome = await session.merge(
      current.staged,
      current.aside,
      record === undefined && allowed === Number.POSITIVE_INFINITY
        ? undefined
        : counted => (isOver() ? undefined : (record?.(current, counted) ?? '')),
    )
    if (outcome !== undefined) return { ...current, outcome }
  }
}

/** The batch up to the record with which `allowed` are rejected; the batch itself if that is its last one, or none is. */
function upTo(batch: ImportBatch, allowed: number, target: Target, mayUpdate: boolean): ImportBatch {
  let rejected = 0
  for (const [index, row] of batch.rows.entries()) {
    if (row.errors !== undefined) rejected++
    if (rejected < allowed) continue
    const end = endAfter(row, batch.rows[index + 1], batch.notes)
    if (end === undefined) return batch
    const rows = batch.rows.slice(0, index + 1)
    return {
      rows,
      staged: staged(target, batch.staged.rows.filter(isAmong(rows)), { mayUpdate }),
      aside: batch.aside.filter(isAmong(rows)),
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
    `${rejected} records were rejected, which is as many as were allowed; the rest of the file was not imported.`,
  )
}
