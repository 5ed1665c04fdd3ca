// Runs an import job: the spooled source goes through the pipeline, each batch with its fence and its checkpoint.

import { isPlain } from '../../engine/format/text/decode-text.ts'
import type { ImporterInternals } from '../../engine/import/internals.ts'
import { importReportOf, storedWarningsOf } from '../../engine/import/report/report.ts'
import { runImport } from '../../engine/import/run-import.ts'
import { resolveTarget } from '../../engine/import/stages/resolve-target.ts'
import { fingerprint } from '../../engine/resource/fingerprint.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { ReadPrefix } from '../../storage/prefix.ts'
import type { Storage, StoredObject } from '../../storage/storage.ts'
import { assertWhole, openVerifiedFrom } from '../../storage/verified.ts'
import { failpoint } from '../../util/failpoint.ts'
import { endFrozenBatch } from '../store/claim/frozen-batch.ts'
import { readPrefix, resumePoint } from '../store/claim/resume.ts'
import { sourceOf } from '../store/files/stored-objects.ts'
import { callerOf, commitsAsWhole, isAllOrNothing, type JobRow, optionsOf } from '../store/job-row.ts'
import { type RetentionOptions, retentionOf } from '../store/retention.ts'
import { endsJob, type FailContext, failJob } from './fail-job.ts'
import { importLedger } from './import-ledger.ts'
import { resetForRetry } from './reset-for-retry.ts'
import { withStoppableClient } from './stop-with-deadline.ts'

export interface ImportJobContext extends FailContext {
  readonly importer: ImporterInternals
  readonly storage: Storage
  /** Seconds after which a claim expires without renewal. */
  readonly leaseSeconds: number
  readonly retention: RetentionOptions
  /** Free connections that a job with several leaves in the pool. */
  readonly connectionReserve: number
}

/** Runs a claimed job to its end. @throws LadingError the fault that ended it early, if it is not the job's fault */
export async function runImportJob(
  spooled: JobRow,
  context: ImportJobContext,
  signal: AbortSignal,
): Promise<void> {
  const { importer, storage, store, leaseSeconds } = context
  const storedSource = sourceOf(spooled)
  if (storedSource === undefined) throw new LadingError('INTERNAL', 'The job has no source.')
  const options = optionsOf(spooled)
  const { token } = spooled
  // The batches of a frozen worker hold keys of their rows, but not the row of the job.
  if (Number(token) > 1) await endFrozenBatch(importer.pool, spooled.id, Number(token) - 1)
  const job = commitsAsWhole(spooled) ? await resetForRetry(spooled, importer.pool) : spooled
  const resource = importer.registry.get(job.resource)
  const from = resumePoint(job, resource)
  const firstByte = from?.isPlain === true ? from.position.byte : 0
  const read = new ReadPrefix(readPrefix(job))
  const source = await openVerifiedFrom(storage, storedSource, firstByte, read)
  // It may fail before it is read; the reader then gets the error.
  source.on('error', () => undefined)
  const { storedErrors } = retentionOf(job, context.retention)
  const firstAttempt = () => ({ resource: fingerprint(resource), isPlain: isPlain(options, read.start) })
  const ledger = importLedger(job, { leaseSeconds, storedErrors, read, from, firstAttempt: firstAttempt })
  try {
    const report = await withStoppableClient(importer.pool, signal, (client, alsoStop) =>
      runImport(
        client,
        () => resolveTarget(client, { resource: job.resource, caller: callerOf(job), signal }, importer),
        importer.limits,
        { ...options, resource: job.resource, format: job.format, source, signal },
        {
          jobRun: ledger,
          spare: { pool: importer.pool, reserve: context.connectionReserve, onTaken: alsoStop },
        },
      ),
    )
    failpoint('before_done')
    // Does nothing if the job was ended in the transaction of its rows.
    await store.end(job.id, job.token, 'complete', {
      warnings: JSON.stringify(report.warnings),
      not_judged: JSON.stringify(report.notJudged),
    })
  } catch (error) {
    if (!(error instanceof LadingError) || !endsJob(error)) throw error
    await failJob(job, await corruptionOr(error, storage, storedSource), context, endColumns(error, job))
  } finally {
    // If there was no connection, the source was never read.
    source.destroy()
  }
}

/** A damaged file can look like an invalid one: then report the damage to the job's owner. */
async function corruptionOr(
  error: LadingError,
  storage: Storage,
  storedSource: StoredObject,
): Promise<LadingError> {
  if (error.status >= 500) return error
  return assertWhole(storage, storedSource).then(
    () => error,
    (found: unknown) => (found instanceof LadingError && found.code === 'STORAGE_CORRUPT' ? found : error),
  )
}

/** The columns of a job whose file could not be read to the end, or was rolled back. */
function endColumns(error: LadingError, job: JobRow): Record<string, unknown> {
  const report = importReportOf(error)
  if (report === undefined) return {}
  const isCounted = error.code === 'TOO_MANY_ERRORS' || error.code === 'IMPORT_ROLLED_BACK'
  const zero = { successful: 0, inserted: 0, updated: 0, ignored: 0 }
  const warnings = isAllOrNothing(job) ? report.warnings : storedWarningsOf(report)
  return {
    warnings: JSON.stringify(warnings),
    not_judged: JSON.stringify(report.notJudged),
    ...(isCounted && { unprocessed: report.unprocessed }),
    ...(isAllOrNothing(job) && { processed: report.failed, failed: report.failed, ...zero }),
  }
}
