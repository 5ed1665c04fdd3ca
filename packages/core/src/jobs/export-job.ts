// An export job: the exporter's stream into the storage, its file published behind the fence.
import { LadingError } from '../errors/lading-error.ts'
import type { Exporter } from '../exporter/create-exporter.ts'
import type { Storage, StoredObject } from '../storage/storage.ts'
import { failpoint } from '../util/failpoint.ts'
import type { JobRow } from './job-row.ts'
import type { JobStore } from './job-store.ts'

export interface ExportJobContext {
  readonly exporter: Exporter
  readonly storage: Storage
  readonly store: JobStore
  /** Hours that the file is kept. */
  readonly fileExpiryHours: number
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
  const { exporter, storage, store, fileExpiryHours } = context
  const key = `exports/${job.id}/${job.token}.${job.format}`
  let rows = 0
  let file: StoredObject
  try {
    const stream = exporter.stream({
      resource: job.resource,
      format: job.format,
      // Written by submitExport, which checked it.
      filters: (job.options.filters ?? {}) as Readonly<Record<string, unknown>>,
      onRows: printed => {
        rows = printed
      },
    })
    file = await storage.put(key, stream, { signal })
  } catch (error) {
    await storage.delete(key)
    if (!(error instanceof LadingError) || error.retryable) throw error
    await store.end(job.id, job.token, 'fail', { error_code: error.code, error_message: error.message })
    return
  }
  failpoint('after_rename_before_row')
  // If the answer to this is lost, the job may have its file: then nobody deletes it but the janitor.
  const isOurs = await store.end(job.id, job.token, 'complete', {
    file_key: key,
    file_size: file.size,
    file_sha256: file.sha256,
    file_rows: rows,
    processed: rows,
    successful: rows,
    inserted: rows,
    expires_in_hours: fileExpiryHours,
  })
  if (!isOurs) await storage.delete(key)
}
