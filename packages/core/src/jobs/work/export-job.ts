// An export job: the exporter's stream into the storage, its file published behind the fence.
import type { Readable } from 'node:stream'
import type { Exporter } from '../../engine/export/create-exporter.ts'
import type { ExportProgress } from '../../engine/export/exporter-options.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage, StoredObject } from '../../storage/storage.ts'
import { failpoint } from '../../util/failpoint.ts'
import { exportRequestOf } from '../store/export-options.ts'
import { endingOf, resourcesOf } from '../store/files/export-file.ts'
import { exportKey } from '../store/files/storage-keys.ts'
import type { JobRow } from '../store/job-row.ts'
import { type RetentionOptions, retentionOf } from '../store/retention.ts'
import { endsJob, type FailContext, failJob } from './fail-job.ts'
import { type ProgressWriter, writeProgress } from './progress-writer.ts'

export interface ExportJobContext extends FailContext {
  readonly exporter: Exporter
  readonly storage: Storage
  readonly kept: RetentionOptions
}

/**
 * Does a claimed job to its end. The key holds the token of the claim, so that a worker that was thought dead
 * writes a file of its own, which nobody ever publishes.
 */
export async function runExportJob(
  job: JobRow,
  context: ExportJobContext,
  signal: AbortSignal,
): Promise<void> {
  const { storage, store } = context
  const place = await identityOf(storage)
  const key = exportKey(job, endingOf(job))
  const progress = writeProgress({ rows: 0, bytes: 0 }, told => store.progress(job.id, job.token, told))
  let printed: Printed
  try {
    printed = await print(job, key, context, progress, signal)
  } catch (error) {
    await storage.delete(key)
    if (!(error instanceof LadingError) || !endsJob(error)) throw error
    await failJob(job, error, context)
    return
  } finally {
    await progress.stop()
  }
  failpoint('after_rename_before_row')
  const { file, rows } = printed
  // If the answer to this is lost, the job may have its file: then nobody deletes it but the janitor.
  const isOurs = await store.end(job.id, job.token, 'complete', {
    file_key: key,
    file_storage: place ?? null,
    file_size: file.size,
    file_sha256: file.sha256,
    file_rows: rows,
    bytes_read: file.size,
    processed: rows,
    successful: rows,
    inserted: rows,
    expires_in_hours: retentionOf(job, context.kept).fileExpiryHours,
  })
  if (!isOurs) await storage.delete(key)
}

interface Printed {
  readonly file: StoredObject
  readonly rows: number
}

async function print(
  job: JobRow,
  key: string,
  { exporter, storage }: ExportJobContext,
  progress: ProgressWriter<ExportProgress>,
  signal: AbortSignal,
): Promise<Printed> {
  let rows = 0
  const stream = streamOf(job, exporter, storage, {
    onRows: count => {
      rows = count
    },
    onProgress: ({ rows }) => progress.tell({ rows }),
  })
  try {
    const file = await storage.put(key, counted(stream, progress), { signal })
    return { file, rows }
  } finally {
    await closed(stream)
  }
}

async function* counted(stream: Readable, progress: ProgressWriter<ExportProgress>): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    progress.tell({ bytes })
    yield chunk
  }
}

/** What a bundle had spooled is gone when its stream is closed; what it ends with has been told. */
async function closed(stream: Readable): Promise<void> {
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
  heard: Pick<Parameters<Exporter['stream']>[0], 'onRows' | 'onProgress'>,
): Readable {
  const asked = { ...exportRequestOf(job), ...heard }
  const resources = resourcesOf(job)
  if (resources === null) return exporter.stream(asked)
  const { format, caller } = asked
  const spool = { storage, keyOf: (file: string) => exportKey(job, `.${file}.part`) }
  return exporter.bundle({ resources, format, caller, spool, ...heard })
}
