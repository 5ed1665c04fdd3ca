// One delivery of a job id: claim, work while the heart beats for it, end. A job that is someone else's is left alone.
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/client.ts'
import type { Queue } from '../../queue/queue.ts'
import { elsewhere } from '../../storage/identity.ts'
import { failpoint } from '../../util/failpoint.ts'
import { patiently } from '../../util/patiently.ts'
import { sendToItsStorage } from '../store/hand-over.ts'
import { isWhole, type JobRow } from '../store/job-row.ts'
import type { Claimant, JobStore } from '../store/job-store.ts'
import type { NewOutbox } from '../store/outbox.ts'
import { type FailContext, failJob } from './fail-job.ts'
import type { Heart } from './heart.ts'
import type { JobObserver } from './observe.ts'

export interface WorkerContext extends FailContext, Claimant {
  readonly heart: Heart
  /** Attempts at a job that does not get on, before it fails. */
  readonly maxAttempts: number
  readonly observer: JobObserver
  /** Sends the message of a job on to workers that have its file. */
  readonly sendElsewhere: (id: string) => Promise<void>
}

interface ElsewhereContext {
  readonly pool: Pool
  readonly queue: Queue
  readonly store: JobStore
  readonly newOutbox: NewOutbox
}

/** Does a claimed job to its end. @throws LadingError what ended it early */
export type RunJob = (job: JobRow, signal: AbortSignal) => Promise<void>

/**
 * @throws LadingError if the job is to be delivered again: its fault may go away
 */
export async function workOn(
  id: string,
  context: WorkerContext,
  signal: AbortSignal,
  run: RunJob,
): Promise<void> {
  const { store, heart, maxAttempts, observer } = context
  const job = await store.claim(id, context)
  if (job === undefined) return
  if (job === 'elsewhere') return context.sendElsewhere(id)
  failpoint('after_claim')
  observer.onStart(job)
  const lost = new AbortController()
  const stopBeating = heart.beatFor(job, () => lost.abort())
  try {
    if (job.attempts > maxAttempts) await failAsPoison(job, context)
    else await run(job, AbortSignal.any([signal, lost.signal]))
  } catch (error) {
    await giveUpOrBack(job, error, context)
  } finally {
    stopBeating()
    observer.onStop(job, await store.get(id).catch(() => undefined))
  }
}

/**
 * A message that names no storage, of an earlier version, comes once more to those who have the file.
 *
 * @throws LadingError `STORAGE_ELSEWHERE` with a queue that would deliver it here again: there it comes after a pause
 */
export async function toItsStorage(
  id: string,
  { pool, queue, store, newOutbox }: ElsewhereContext,
): Promise<void> {
  const job = await store.get(id)
  if (job === undefined || job.source_storage === null) return
  if (queue.selectsByStorage !== true) throw elsewhere('The file of this import', job.source_storage)
  await sendToItsStorage(pool, newOutbox, job)
}

async function giveUpOrBack(job: JobRow, error: unknown, context: WorkerContext): Promise<void> {
  const { store, maxAttempts, leaseSeconds } = context
  const fault =
    error instanceof LadingError
      ? error
      : new LadingError('INTERNAL', 'Something went wrong inside of Lading; please report it.', {
          cause: error,
        })
  // A worker that stops is no fault of the job, however often it happens.
  const isStopped = fault.code === 'CANCELLED'
  if (isStopped || (fault.retryable && (job.attempts < maxAttempts || (await hasProgressed(job, store))))) {
    // Not said, it would be a worker that is thought to live until the lease runs out.
    const release = () => store.release(job.id, job.token, { counts: !isStopped })
    const isOurs = isStopped ? await release() : await patiently(release, { forMs: leaseSeconds * 1000 })
    // Cancelled, or taken over: whoever did that has seen to it that it goes on, or does not.
    if (!isOurs) return
    throw fault
  }
  await failJob(job, fault, context)
}

/** An attempt that got on is not one of those that lead nowhere. */
async function hasProgressed(job: JobRow, store: JobStore): Promise<boolean> {
  const now = await store.get(job.id)
  return !isWhole(job) && Number(now?.checkpoint_row ?? 0) > Number(job.checkpoint_row)
}

/** Every attempt ended without a word, such as a process that was killed: nobody could say what is wrong. */
async function failAsPoison(job: JobRow, { store, maxAttempts }: WorkerContext): Promise<void> {
  await store.end(job.id, job.token, 'fail', {
    error_code: 'POISON',
    error_message: `The ${job.kind} was begun ${maxAttempts} times without getting on, and broke off each time${whereToLook(job)}, and at the log of the workers, before it is tried again.`,
  })
}

function whereToLook({ kind, source_key, checkpoint_row, checkpoint_byte }: JobRow): string {
  if (kind === 'export') return '; look at what it selects'
  if (source_key === null) return ' while its file was fetched; look at the server of the file'
  return ` behind row ${checkpoint_row} of the file (byte ${checkpoint_byte}); look at the records there`
}
