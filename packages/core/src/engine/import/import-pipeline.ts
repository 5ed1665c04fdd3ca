// The import, stage by stage: bytes in, judged batches out. What runs ahead of the database is above `prefetch`.

import { defaults } from '../../config/defaults.ts'
import { compileFit } from '../catalogue/fit/fit.ts'
import { codecsOf, type Target } from '../catalogue/target.ts'
import type { Format } from '../format/format.ts'
import { openText } from '../format/text/text.ts'
import type { RecordBatch } from '../record/record-batch.ts'
import { fieldsInFiles } from '../resource/fields-in-files.ts'
import { mapFields } from '../resource/mapping/map-fields.ts'
import { type ByteSource, readChunks } from '../source/chunks.ts'
import type { StagingConnection } from '../staging/staging-connection.ts'
import { validate } from '../validation/validate.ts'
import { parseValues } from '../value/parse-values.ts'
import type { FileOptions, ImportOptions } from './import-options.ts'
import type { Limits } from './importer-options.ts'
import type { Warnings } from './report/run-warnings.ts'
import type { JobRun, ResumePoint } from './run-recorder.ts'
import { applyScopeValues, fixedFields } from './stages/apply-scope-values.ts'
import { encode, type ImportBatch, type MergedBatch, regroup, skipRows, untilStop } from './stages/batches.ts'
import { lookUp } from './stages/look-up.ts'
import { mergeBatches, type Stop } from './stages/merge-batches.ts'
import { uniform } from './stages/same-fields.ts'

export interface PipelineOptions {
  readonly target: Target
  readonly limits: Limits
  readonly settings: ImportOptions & { readonly maxBytes?: number | undefined }
  readonly values: Format['values']
  readonly signal: AbortSignal
  /** Aborts it, once nothing more is wanted of the source. */
  readonly giveUp: () => void
  readonly stop: Stop
  /** The warnings so far, with those of a batch that is about to be committed. */
  readonly warningsWith: (batch: ImportBatch) => Warnings
  /** What a job adds: it goes on behind a checkpoint, and records each batch in the batch's own transaction. */
  readonly job?: JobRun | undefined
}

/** What reading a file needs: a part of the options of the whole pipeline. */
export interface DecodeStageOptions {
  readonly limits: Limits
  readonly settings: FileOptions & { readonly maxBytes?: number | undefined }
  readonly signal: AbortSignal
  /** @defaultValue the start */
  readonly from?: ResumePoint | undefined
}

/** Records that a file holds, or those that it holds behind a place. */
export function decode(
  source: ByteSource,
  format: Format,
  { limits, settings, signal, from }: DecodeStageOptions,
): AsyncIterable<RecordBatch> {
  const { delimiter, excel } = settings
  const chunks = readChunks(source, defaults.decodeChunkBytes, signal)
  const text = openText(chunks, {
    ...settings,
    from: from && { byte: from.position.byte, isPlain: from.isPlain },
  })
  return format.decode(text, {
    maxRecordBytes: limits.maxRecordBytes,
    maxColumns: defaults.maxColumns,
    delimiter,
    excel,
    from,
  })
}

/** Records → batches that are in the table, in file order; rows that stayed out have errors. */
export async function* importPipeline(
  records: AsyncIterable<RecordBatch>,
  session: StagingConnection,
  { target, limits, settings, values, signal, giveUp, stop, warningsWith, job }: PipelineOptions,
): AsyncGenerator<MergedBatch> {
  const { resource } = target
  const { mapping, unknownColumns } = settings
  const mayUpdate = settings.onConflict === 'update'
  const seen = fieldsInFiles(resource, fixedFields(target))
  const isContinued = (job?.after ?? 0) > 0
  const rows = mapFields(withHeader(records, job), seen, { mapping, unknownColumns, isContinued })
  const fresh = skipRows(rows, job?.after ?? 0)
  const wanted = untilStop(fresh, stop)
  const codecOf = codecsOf(target)
  const typed = parseValues(wanted, resource, { from: values, codecOf })
  const own = applyScopeValues(typed, target)
  const judged = validate(own, resource, compileFit(target), codecOf)
  const batches = regroup(judged, limits)
  const known = lookUp(batches, target, { signal, timeoutSeconds: limits.hookTimeoutSeconds })
  const encoded = encode(uniform(known, target), target, { mayUpdate })

  yield* mergeBatches(encoded, session, {
    target,
    signal,
    giveUp,
    mayUpdate,
    maxErrors: settings.maxErrors ?? Number.POSITIVE_INFINITY,
    rejected: job?.rejected ?? 0,
    stop,
    record: job && ((batch, outcome) => job.record(batch, outcome, warningsWith(batch))),
  })
}

/** Lets the job keep the header: whoever goes on in the middle of the file finds none. */
async function* withHeader(
  batches: AsyncIterable<RecordBatch>,
  job: JobRun | undefined,
): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) {
    if (batch.header !== undefined) job?.onHeader(batch.header)
    yield batch
  }
}
