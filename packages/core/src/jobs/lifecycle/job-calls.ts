// Cancel, retry and delete-file calls: checks whether a job allows them, and explains why not.
import { LadingError } from '../../errors/lading-error.ts'
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import type { Queue } from '../../queue/queue.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage } from '../../storage/storage.ts'
import { urlOf } from '../store/files/remote-source.ts'
import type { Job } from '../store/job.ts'
import { type JobRow, toJob } from '../store/job-row.ts'
import type { JobStore } from '../store/job-store.ts'
import { isEnded } from '../store/transitions.ts'
import { cancelJob } from './cancel-job.ts'
import { type RetryContext, retryJob } from './retry-job.ts'

interface JobCallContext extends RetryContext {
  readonly queue: Queue
  readonly store: JobStore
}

/** @throws LadingError `JOB_ENDED`, `DATABASE_UNAVAILABLE` */
export async function cancelForCaller(
  row: JobRow | undefined,
  context: JobCallContext,
): Promise<Job | undefined> {
  if (row === undefined) return undefined
  const cancelled = isEnded(row.status) ? undefined : await cancelJob(row.id, context)
  if (cancelled !== undefined) return toJob(cancelled)
  const { kind, status } = (await context.store.get(row.id)) ?? row
  const what = status === 'cancelled' ? 'was cancelled' : `has ${status}`
  throw new LadingError('JOB_ENDED', `The ${kind} ${what} already; there is nothing left to cancel.`)
}

/** @throws LadingError `JOB_NOT_READY`, `JOB_ENDED`, `STORAGE_NOT_FOUND`, `AFTER_FAILED`, `QUEUE_FULL` */
export async function retryForCaller(
  row: JobRow | undefined,
  context: JobCallContext & { readonly storage: Storage },
): Promise<Job | undefined> {
  if (row === undefined) return undefined
  const { pool, store, storage } = context
  const mayRetry = row.status === 'failed' || row.status === 'cancelled'
  if (mayRetry && row.kind === 'import' && !(await isSourceAvailable(row, pool, storage))) {
    throw new LadingError(
      'STORAGE_NOT_FOUND',
      'The uploaded file is no longer stored, so the import cannot continue; send the file again.',
    )
  }
  const retried = mayRetry ? await retryJob(context, row.id) : undefined
  if (retried !== undefined) return toJob((await store.get(row.id)) ?? retried)
  const { kind, status } = (await store.get(row.id)) ?? row
  if (status === 'completed') {
    throw new LadingError('JOB_ENDED', `The ${kind} has completed; there is nothing to retry.`)
  }
  throw new LadingError(
    'JOB_NOT_READY',
    `The ${kind} is ${status}; only one that has failed or was cancelled can be retried.`,
  )
}

/**
 * Whether the source is stored, or its URL is. A source in another storage counts as stored while its key is
 * recorded.
 */
async function isSourceAvailable(job: JobRow, pool: Pool, storage: Storage): Promise<boolean> {
  const { id, source_key: key, source_storage: sourceStorage } = job
  if (key === null) return (await urlOf(pool, id)) !== undefined
  if (sourceStorage !== null && sourceStorage !== (await identityOf(storage))) return true
  return (await storage.stat(key)) !== undefined
}

/**
 * Expires the file, then deletes it, then clears its key. A crash in between leaves an expired file, which the
 * janitor deletes. If the file is in another storage, the janitor of that storage deletes it.
 */
export async function deleteExportFile(
  row: JobRow | undefined,
  { pool, storage }: { readonly pool: Pool; readonly storage: Storage },
): Promise<boolean> {
  if (row?.status !== 'completed') return false
  if (row.file_key === null) return true
  const update = (what: string) =>
    withClient(pool, client =>
      client
        .query(`update lading.jobs set ${what} where id = $1 and file_key = $2`, [row.id, row.file_key])
        .catch((error: unknown) => {
          throw databaseFault(error)
        }),
    )
  await update('expires_at = least(expires_at, clock_timestamp())')
  if (row.file_storage !== null && row.file_storage !== (await identityOf(storage))) return true
  await storage.delete(row.file_key)
  await update('file_key = null')
  return true
}
