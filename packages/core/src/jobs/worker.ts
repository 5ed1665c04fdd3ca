// One delivery of a job id: claim, work with a heartbeat, end. A job that is someone else's is left alone.
import { LadingError } from '../errors/lading-error.ts'
import type { JobRow } from './job-row.ts'
import type { JobStore } from './job-store.ts'

/** Told of each job that a worker begins and ends, for metrics and logs. */
export interface JobObserver {
  onStart(job: JobRow): void
  /** `row` as it is after the end; its status is `pending` if the job will be tried again. */
  onEnd(row: JobRow): void
}

export interface WorkerContext {
  readonly store: JobStore
  readonly name: string
  readonly leaseSeconds: number
  /** Deliveries of a job that does not get on, before it fails. */
  readonly maxAttempts: number
  readonly observer: JobObserver
}

/**
 * @throws LadingError if the job is to be delivered again: its fault may go away
 */
export async function workOn(
  id: string,
  context: WorkerContext,
  signal: AbortSignal,
  run: (job: JobRow, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { store, name, leaseSeconds, observer } = context
  const job = await store.claim(id, name, leaseSeconds)
  if (job === undefined) return
  observer.onStart(job)
  const lost = new AbortController()
  const heart = startHeart(job, context, lost)
  try {
    await run(job, AbortSignal.any([signal, lost.signal]))
  } catch (error) {
    await giveUpOrBack(job, error, context)
  } finally {
    clearInterval(heart)
    const after = await store.get(id).catch(() => undefined)
    observer.onEnd(after ?? job)
  }
}

/** Renews the lease on a connection of its own, and stops the work if the job is not ours any more. */
function startHeart(
  job: JobRow,
  { store, leaseSeconds }: WorkerContext,
  lost: AbortController,
): NodeJS.Timeout {
  const beat = async () => {
    // A beat that fails is not a lease that is lost: the next one may come through before it runs out.
    const isOurs = await store.renew(job.id, job.token, leaseSeconds).catch(() => true)
    if (!isOurs) lost.abort()
  }
  return setInterval(() => void beat(), (leaseSeconds * 1000) / 3)
}

async function giveUpOrBack(
  job: JobRow,
  error: unknown,
  { store, maxAttempts }: WorkerContext,
): Promise<void> {
  const fault =
    error instanceof LadingError
      ? error
      : new LadingError('INTERNAL', 'Something went wrong inside of Lading; please report it.', {
          cause: error,
        })
  // A worker that stops is no fault of the job, however often it happens.
  const isStopped = fault.code === 'CANCELLED'
  if (isStopped || (fault.retryable && job.attempts < maxAttempts)) {
    await store.release(job.id, job.token, { counts: !isStopped })
    throw fault
  }
  await store.end(job.id, job.token, 'failed', { error_code: fault.code, error_message: fault.message })
}
