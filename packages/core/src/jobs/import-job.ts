// An import job: the spooled source through the pipeline, each batch behind the fence and with its checkpoint.
import { LadingError } from '../errors/lading-error.ts'
import type { ImporterInternals } from '../importer/internals.ts'
import { importReportOf } from '../importer/report.ts'
import { runImport } from '../importer/run.ts'
import { withClient } from '../postgres/client.ts'
import type { Storage } from '../storage/storage.ts'
import { importLedger } from './import-ledger.ts'
import type { JobRow } from './job-row.ts'
import type { JobStore } from './job-store.ts'

export interface ImportJobContext {
  readonly importer: ImporterInternals
  readonly storage: Storage
  readonly store: JobStore
  /** Seconds that a claim holds without a sign of life. */
  readonly leaseSeconds: number
}

/** Does a claimed job to its end. @throws LadingError what ended it early; `retryable` tells if trying again may help */
export async function runImportJob(
  job: JobRow,
  context: ImportJobContext,
  signal: AbortSignal,
): Promise<void> {
  const { importer, storage, store, leaseSeconds } = context
  if (job.source_key === null) throw new LadingError('INTERNAL', 'The job has no source.')
  const source = await storage.get(job.source_key)
  const ledger = importLedger(job, leaseSeconds)
  try {
    const report = await withClient(importer.pool, client =>
      runImport(
        client,
        () => importer.targetOf(client, job.resource),
        importer.limits,
        { resource: job.resource, format: job.format, source, signal },
        ledger,
      ),
    )
    await store.end(job.id, job.token, 'completed', { warnings: JSON.stringify(report.warnings) })
  } catch (error) {
    if (!(error instanceof LadingError) || error.retryable) throw error
    await store.end(job.id, job.token, 'failed', {
      error_code: error.code,
      error_message: error.message,
      warnings: JSON.stringify(importReportOf(error)?.warnings ?? []),
    })
  }
}
