// Runs an export job: streams the export into the storage, then publishes the file if the job's token is still valid.
import type { Readable } from 'node:stream'
import type { Exporter } from '../../engine/export/create-exporter.ts'
import type { ExportProgress } from '../../engine/export/exporter-options.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage, StoredObject } from '../../storage/storage.ts'
import { failpoint } from '../../util/failpoint.ts'
import { exportRequestOf } from '../store/export-request.ts'
import { endingOf, resourcesOf } from '../store/files/export-file.ts'
import { exportKey } from '../store/files/storage-keys.ts'
import type { JobRow } from '../store/job-row.ts'
import { type RetentionOptions, retentionOf } from '../store/retention.ts'
import { endsJob, type FailContext, failJob } from './fail-job.ts'
import { type ProgressWriter, writeProgress } from './progress-writer.ts'

export interface ExportJobContext extends FailContext {
  readonly exporter: Exporter
  readonly storage: Storage
  readonly retention: RetentionOptions
}

/**
 * Runs a claimed job to its end. The key contains the token of the claim, so a worker that was presumed dead writes
 * its own file, which is never published.
 */
export async function runExportJob(
  job: JobRow,
  context: ExportJobContext,
  signal: AbortSignal,
): Promise<void> {
  const { storage, store } = context
  const storageId = await identityOf(storage)
  const key = exportKey(job, endingOf(job))
  const progress = writeProgress({ rows: 0, bytes: 0 }, update => store.progress(job.id, job.token, update))
  let result: PrintedFile
  try {
    result = await print(job, key, context, progress, signal)
  } catch (error) {
    await storage.delete(key)
    if (!(error instanceof LadingError) || !endsJob(error)) throw error
    await failJob(job, error, context)
    return
  } finally {
    await progress.stop()
  }
  failpoint('after_rename_before_row')
  const { file, rows } = result
  // If the answer to this is lost, the job may have its file: then only the janitor may delete it.
  const isOurs = await store.end(job.id, job.token, 'complete', {
    file_key: key,
    file_storage: storageId ?? null,
    file_size: file.size,
    file_sha256: file.sha256,
    file_rows: rows,
    bytes_read: file.size,
    processed: rows,
    successful: rows,
    inserted: rows,
    expires_in_hours: retentionOf(job, context.retention).fileExpiryHours,
  })
  if (!isOurs) await storage.delete(key)
}

interface PrintedFile {
  readonly file: StoredObject
  readonly rows: number
}

async function print(
  job: JobRow,
  key: string,
  { exporter, storage }: ExportJobContext,
  progress: ProgressWriter<ExportProgress>,
  signal: AbortSignal,
): Promise<PrintedFile> {
  let rows = 0
  const stream = streamOf(job, exporter, storage, {
    onRows: count => {
      rows = count
    },
    onProgress: ({ rows }) => progress.update({ rows }),
  })
  try {
    const file = await storage.put(key, countBytes(stream, progress), { signal })
    return { file, rows }
  } finally {
    await waitForClose(stream)
  }
}

async function* countBytes(
  stream: Readable,
  progress: ProgressWriter<ExportProgress>,
): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    progress.update({ bytes })
    yield chunk
  }
}

/** A bundle deletes its spool when its stream closes. Errors have already been reported. */
async function waitForClose(stream: Readable): Promise<void> {
  if (stream.closed) return
  await new Promise(resolve =>
    stream
      .on('error', () => undefined)
      .once('close', resolve)
      .destroy(),
  )
}

function streamOf(
  job: JobRow,
  exporter: Exporter,
  storage: Storage,
  listeners: Pick<Parameters<Exporter['stream']>[0], 'onRows' | 'onProgress'>,
): Readable {
  const request = { ...exportRequestOf(job), ...listeners }
  const resources = resourcesOf(job)
  if (resources === null) return exporter.stream(request)
  const { format, caller } = request
  const spool = { storage, keyOf: (file: string) => exportKey(job, `.${file}.part`) }
  return exporter.bundle({ resources, format, caller, spool, ...listeners })
}
