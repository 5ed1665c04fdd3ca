// The import, stage by stage: bytes in, merged batches out. The stages before `prefetch` run ahead of the database.

import { defaults } from '../../config/defaults.ts'
import { compileLimitCheck } from '../catalogue/fit/fit.ts'
import { codecsOf, type Target } from '../catalogue/target.ts'
import { encodeAhead } from '../fast-path/encode-ahead.ts'
import type { Format } from '../format/format.ts'
import { openText } from '../format/text/decode-text.ts'
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
import { splitByGivenFields } from './stages/same-fields.ts'

export interface ImportPipelineOptions {
  readonly target: Target
  readonly limits: Limits
  readonly importOptions: ImportOptions & { readonly maxBytes?: number | undefined }
  readonly values: Format['values']
  readonly signal: AbortSignal
  /** Aborts the signal once the rest of the source is not needed. */
  readonly stopReading: () => void
  readonly stop: Stop
  /** The warnings so far, including those of a batch that is about to be committed. */
  readonly warningsWith: (batch: ImportBatch) => Warnings
  /** Set for a job, which resumes after a checkpoint and records each batch in the batch's transaction. */
  readonly job?: JobRun | undefined
}

/** The part of the pipeline's options that reading a file needs. */
export interface DecodeStageOptions {
  readonly limits: Limits
  readonly fileOptions: FileOptions & { readonly maxBytes?: number | undefined }
  readonly signal: AbortSignal
  /** @defaultValue the start */
  readonly resumeFrom?: ResumePoint | undefined
}

/** The records of a file, or those after a resume point. */
export function decode(
  source: ByteSource,
  format: Format,
  { limits, fileOptions, signal, resumeFrom }: DecodeStageOptions,
): AsyncIterable<RecordBatch> {
  const { delimiter, excel } = fileOptions
  const chunks = readChunks(source, defaults.decodeChunkBytes, signal)
  const text = openText(chunks, {
    ...fileOptions,
    from: resumeFrom && { byte: resumeFrom.position.byte, isPlain: resumeFrom.isPlain },
  })
  return format.decode(text, {
    maxRecordBytes: limits.maxRecordBytes,
    maxColumns: defaults.maxColumns,
    delimiter,
    excel,
    resumeFrom,
  })
}

/** Records → batches merged into the table, in file order; rejected rows have errors. */
export async function* importPipeline(
  records: AsyncIterable<RecordBatch>,
  connections: readonly [StagingConnection, ...StagingConnection[]],
  {
    target,
    limits,
    importOptions,
    values,
    signal,
    stopReading,
    stop,
    warningsWith,
    job,
  }: ImportPipelineOptions,
): AsyncGenerator<MergedBatch> {
  const { resource } = target
  const { mapping, unknownColumns, nullValues } = importOptions
  const mayUpdate = importOptions.onConflict === 'update'
  const fileFields = fieldsInFiles(resource, fixedFields(target))
  const isContinued = (job?.after ?? 0) > 0
  const mapOptions = { mapping, unknownColumns, isContinued, nullValues }
  const rows = mapFields(withHeader(records, job), fileFields, mapOptions)
  const unprocessed = skipRows(rows, job?.after ?? 0)
  const pending = untilStop(unprocessed, stop)
  const codecOf = codecsOf(target)
  const ahead = encodeAhead(pending, target, { from: values, nullValues })
  const typed = parseValues(ahead, resource, { from: values, codecOf, nullValues })
  const scoped = applyScopeValues(typed, target)
  const judged = validate(scoped, resource, compileLimitCheck(target), codecOf)
  const batches = regroup(judged, limits)
  const lookedUp = lookUp(batches, target, { signal, timeoutSeconds: limits.hookTimeoutSeconds })
  const encoded = encode(splitByGivenFields(lookedUp, target), target, { mayUpdate })

  yield* mergeBatches(encoded, connections, {
    target,
    signal,
    stopReading,
    mayUpdate,
    maxErrors: importOptions.maxErrors ?? Number.POSITIVE_INFINITY,
    rejected: job?.rejected ?? 0,
    stop,
    record: job && ((batch, outcome) => job.record(batch, outcome, warningsWith(batch))),
  })
}

/** Passes the header to the job, since an attempt that resumes in the middle of the file finds none. */
async function* withHeader(
  batches: AsyncIterable<RecordBatch>,
  job: JobRun | undefined,
): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) {
    if (batch.header !== undefined) job?.onHeader(batch.header)
    yield batch
  }
}
