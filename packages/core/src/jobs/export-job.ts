// An export job: the exporter's stream into the storage, its file published behind the fence.
import { LadingError } from '../errors/lading-error.ts'
import type { Exporter } from '../exporter/create-exporter.ts'
import type { Storage } from '../storage/storage.ts'
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
    const file = await storage.put(key, stream, { signal })
    await store.end(job.id, job.token, 'completed', {
      file_key: key,
      file_size: file.size,
      file_sha256: file.sha256,
      file_rows: rows,
      processed: rows,
      successful: rows,
      inserted: rows,
      expires_at: new Date(Date.now() + fileExpiryHours * 3_600_000),
    })
  } catch (error) {
    await storage.delete(key)
    if (!(error instanceof LadingError) || error.retryable) throw error
    await store.end(job.id, job.token, 'failed', { error_code: error.code, error_message: error.message })
  }
}
