// The import, stage by stage: bytes in, judged batches out. What runs ahead of the database is above `prefetch`.
import type { Target } from '../catalogue/target.ts'
import { defaults } from '../config/defaults.ts'
import type { Format } from '../format/format.ts'
import { refuseForeign } from '../format/magic.ts'
import type { RecordBatch } from '../record/record-batch.ts'
import { mapFields } from '../resource/map-fields.ts'
import { type ByteSource, readChunks } from '../source/chunks.ts'
import type { StagingSession } from '../staging/session.ts'
import { prefetch } from '../util/prefetch.ts'
import { validate } from '../validation/validate.ts'
import { parseValues } from '../value/parse-values.ts'
import { encode, type ImportBatch, regroup, skipRows } from './batches.ts'
import type { Limits } from './options.ts'

export interface PipelineOptions {
  readonly target: Target
  readonly limits: Limits
  readonly values: Format['values']
  readonly onUnknownColumn: (column: string) => void
  readonly signal: AbortSignal
  /** What a job adds: it goes on behind a checkpoint, and records each batch in the batch's own transaction. */
  readonly job?: JobRecorder | undefined
}

export interface JobRecorder {
  /** Row number of the last record that an earlier attempt has dealt with; 0 at first. */
  readonly after: number
  /** See `SessionOptions.fence`. */
  readonly fence: string
  /** Statements that record a batch. Must not change anything here: a batch may be tried more than once. */
  record(batch: ImportBatch): string
}

/** Records that a file holds. */
export function decode(
  source: ByteSource,
  format: Format,
  { limits, signal }: PipelineOptions,
): AsyncIterable<RecordBatch> {
  const chunks = readChunks(source, defaults.decodeChunkBytes, signal)
  const text = refuseForeign(chunks)
  return format.decode(text, { maxRecordBytes: limits.maxRecordBytes, maxColumns: defaults.maxColumns })
}

/** Records → batches that are in the table, in file order; rows that stayed out have errors. */
export async function* importPipeline(
  records: AsyncIterable<RecordBatch>,
  session: StagingSession,
  { target, limits, values, onUnknownColumn, signal, job }: PipelineOptions,
): AsyncGenerator<ImportBatch> {
  const { resource } = target
  const rows = mapFields(records, resource, onUnknownColumn)
  const fresh = skipRows(rows, job?.after ?? 0)
  const typed = parseValues(fresh, resource, { from: values })
  const judged = validate(typed, resource)
  const batches = regroup(judged, limits)
  const encoded = encode(batches, target)

  for await (const batch of prefetch(encoded, defaults.batchesAhead)) {
    signal.throwIfAborted()
    await session.merge(batch.staged, job && (() => job.record(batch)))
    yield batch
  }
}
