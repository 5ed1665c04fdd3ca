// Runs one claimed job while its lease is renewed, then ends or releases it.
import { ownerOfFault } from '../../errors/fault-table.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { failpoint } from '../../util/failpoint.ts'
import { retry } from '../../util/retry.ts'
import { commitsAsWhole, type JobRow } from '../store/job-row.ts'
import type { Backoff, JobStore } from '../store/job-store.ts'
import { type FailContext, failJob } from './fail-job.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { JobObserver } from './observe.ts'
import type { Outages } from './outages.ts'

export interface WorkerContext extends FailContext, Backoff {
  /** Name of this worker, as in the job's row. */
  readonly name: string
  readonly leaseSeconds: number
  readonly heartbeat: Heartbeat
  /** Attempts at a job without progress, before it fails. */
  readonly maxAttempts: number
  readonly observer: JobObserver
  readonly outages: Outages
  /** Hours without progress for which a job waits for shared infrastructure. */
  readonly outageLimitHours: number
  /** Wakes the workers of a lane. It does not throw. */
  readonly wake: (lane: string) => Promise<void>
}

/** Runs a claimed job to its end. @throws LadingError the fault that ended it early */
export type RunJob = (job: JobRow, signal: AbortSignal) => Promise<void>

/**
 * Runs a claimed job, and ends or releases it.
 *
 * @throws LadingError if the result could not be written to the database; the lease then expires
 */
export async function workOn(
  job: JobRow,
  context: WorkerContext,
  signal: AbortSignal,
  run: RunJob,
): Promise<void> {
  const { store, heartbeat, maxAttempts, observer } = context
  failpoint('after_claim')
  observer.onStart(job)
  const lost = new AbortController()
  const untrack = heartbeat.track(job, () => lost.abort())
  try {
    if (job.attempts > maxAttempts) await failAsPoison(job, context)
    else await run(job, AbortSignal.any([signal, lost.signal]))
    context.outages.settle(job.id)
  } catch (error) {
    await handleFailure(job, error, context, signal)
  } finally {
    untrack()
    observer.onStop(job, await store.get(job.id).catch(() => undefined))
  }
  failpoint('after_done')
}

async function handleFailure(
  job: JobRow,
  error: unknown,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { store, maxAttempts, leaseSeconds } = context
  const fault = faultOf(error)
  const owner = ownerOfFault(fault)
  if (owner === 'infrastructure') return waitForInfrastructure(job, fault, context, signal)
  if (owner === 'stop') {
    // Retry while the database does not answer: otherwise the job would wait until its lease expires.
    const release = () => store.release(job.id, job.token)
    const lane = await retry(release, { forMs: leaseSeconds * 1000, signal })
    // Without a lane, the job was cancelled, or rescued as if this process had died of it.
    return lane === undefined ? store.survived(job.id, job.token, context.name) : context.wake(lane)
  }
  context.outages.settle(job.id)
  if (fault.retryable && (job.attempts < maxAttempts || (await hasProgressed(job, store)))) {
    const backOff = () => store.backOff(job.id, job.token, context)
    if (await retry(backOff, { forMs: leaseSeconds * 1000, signal })) context.onError(fault, job.id)
    return
  }
  await retry(() => failJob(job, fault, context), { forMs: leaseSeconds * 1000, signal })
}

function faultOf(error: unknown): LadingError {
  if (error instanceof LadingError) return error
  return new LadingError('INTERNAL', 'Something went wrong inside of Lading; please report it.', {
    cause: error,
  })
}

/**
 * The job waits until the database or the storage works again, and fails only after the limit. If the database is
 * down, this process holds the job until it can record the wait; otherwise the attempt would look like a dead worker.
 */
async function waitForInfrastructure(
  job: JobRow,
  fault: LadingError,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { store, outages, outageLimitHours } = context
  const failedAt = performance.now()
  outages.begin(job.id, fault)
  const recordWait = async () => {
    const now = await store.get(job.id)
    if (now?.token !== job.token) return false
    if (isPastLimit(now, outageLimitHours)) {
      await failJob(job, fault, context)
      outages.settle(job.id)
      return true
    }
    const { code, message } = fault
    const ageSeconds = (performance.now() - failedAt) / 1000
    return store.wait(job.id, job.token, { code, message, ageSeconds }, context)
  }
  const isRecorded = await retry(recordWait, { forMs: Number.POSITIVE_INFINITY, signal })
  if (!isRecorded) await store.survived(job.id, job.token, context.name)
}

/** Measured from the first such fault without progress since. */
function isPastLimit(
  { outage_seconds: seconds, place, outage_place: previousPlace }: JobRow,
  limitHours: number,
): boolean {
  return seconds !== null && Number(place) <= Number(previousPlace) && seconds > limitHours * 3_600
}

/** An attempt with progress does not count as failed. */
async function hasProgressed(job: JobRow, store: JobStore): Promise<boolean> {
  const now = await store.get(job.id)
  return !commitsAsWhole(job) && Number(now?.checkpoint_row ?? 0) > Number(job.checkpoint_row)
}

/** Every attempt ended at the same place with the death of its worker, so there is no error to report. */
async function failAsPoison(job: JobRow, { store, maxAttempts }: WorkerContext): Promise<void> {
  await store.end(job.id, job.token, 'fail', {
    error_code: 'POISON',
    error_message: `The ${job.kind} failed ${maxAttempts} times without making progress${whereToLook(job)}, and at the log of the workers, before you retry it.`,
  })
}

function whereToLook({ kind, source_key, checkpoint_row, checkpoint_byte, processed }: JobRow): string {
  if (kind === 'export') return ` after ${processed} rows; look at what it selects there`
  if (source_key === null) return ' while its file was fetched; look at the server of the file'
  return ` after row ${checkpoint_row} of the file (byte ${checkpoint_byte}); look at the records there`
}
