// One claimed job: worked on while its lease is renewed, then ended or given back.
import { ownerOfFault } from '../../errors/fault-table.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { failpoint } from '../../util/failpoint.ts'
import { retry } from '../../util/retry.ts'
import { isWhole, type JobRow } from '../store/job-row.ts'
import type { Backoff, JobStore } from '../store/job-store.ts'
import { type FailContext, failJob } from './fail-job.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { JobObserver } from './observe.ts'
import type { Outages } from './outages.ts'

export interface WorkerContext extends FailContext, Backoff {
  /** Of this worker, as in the job's row. */
  readonly name: string
  readonly leaseSeconds: number
  readonly heart: Heartbeat
  /** Attempts at a job that does not get on, before it fails. */
  readonly maxAttempts: number
  readonly observer: JobObserver
  readonly outages: Outages
  /** Hours without progress for which a job waits for shared infrastructure. */
  readonly outageLimitHours: number
  /** Wakes the workers of a lane. It does not fail. */
  readonly wake: (lane: string) => Promise<void>
}

/** Does a claimed job to its end. @throws LadingError what ended it early */
export type RunJob = (job: JobRow, signal: AbortSignal) => Promise<void>

/**
 * @throws LadingError if the database would not say what became of the job: then its lease runs out
 */
export async function workOn(
  job: JobRow,
  context: WorkerContext,
  signal: AbortSignal,
  run: RunJob,
): Promise<void> {
  const { store, heart, maxAttempts, observer } = context
  failpoint('after_claim')
  observer.onStart(job)
  const lost = new AbortController()
  const stopBeating = heart.beatFor(job, () => lost.abort())
  try {
    if (job.attempts > maxAttempts) await failAsPoison(job, context)
    else await run(job, AbortSignal.any([signal, lost.signal]))
    context.outages.settle(job.id)
  } catch (error) {
    await giveUpOrBack(job, error, context, signal)
  } finally {
    stopBeating()
    observer.onStop(job, await store.get(job.id).catch(() => undefined))
  }
  failpoint('after_done')
}

async function giveUpOrBack(
  job: JobRow,
  error: unknown,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { store, maxAttempts, leaseSeconds } = context
  const fault = faultOf(error)
  const owner = ownerOfFault(fault)
  if (owner === 'infrastructure') return waitFor(job, fault, context, signal)
  if (owner === 'stop') {
    // Tried again while nobody answers: otherwise the job would wait until its lease runs out.
    const release = () => store.release(job.id, job.token)
    const lane = await retry(release, { forMs: leaseSeconds * 1000, signal })
    // Otherwise it was cancelled, or rescued as if this process had died of it.
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
 * The job waits until the database or the storage works again, and fails only after the limit. If it is the database
 * that is away, this process keeps the job until it can say so: unsaid, the attempt would look like one that died.
 */
async function waitFor(
  job: JobRow,
  fault: LadingError,
  context: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  const { store, outages, outageLimitHours } = context
  const metAt = performance.now()
  outages.begin(job.id, fault)
  const say = async () => {
    const now = await store.get(job.id)
    if (now?.token !== job.token) return false
    if (isOver(now, outageLimitHours)) {
      await failJob(job, fault, context)
      outages.settle(job.id)
      return true
    }
    const { code, message } = fault
    const ageSeconds = (performance.now() - metAt) / 1000
    return store.wait(job.id, job.token, { code, message, ageSeconds }, context)
  }
  const isSaid = await retry(say, { forMs: Number.POSITIVE_INFINITY, signal })
  if (!isSaid) await store.survived(job.id, job.token, context.name)
}

/** Counted from the first such fault without progress in between. */
function isOver(
  { outage_seconds: seconds, place, outage_place: before }: JobRow,
  limitHours: number,
): boolean {
  return seconds !== null && Number(place) <= Number(before) && seconds > limitHours * 3_600
}

/** An attempt that got on is not one of those that lead nowhere. */
async function hasProgressed(job: JobRow, store: JobStore): Promise<boolean> {
  const now = await store.get(job.id)
  return !isWhole(job) && Number(now?.checkpoint_row ?? 0) > Number(job.checkpoint_row)
}

/** Every attempt ended without a word at one place, such as a process that was killed: nobody could say what is wrong. */
async function failAsPoison(job: JobRow, { store, maxAttempts }: WorkerContext): Promise<void> {
  await store.end(job.id, job.token, 'fail', {
    error_code: 'POISON',
    error_message: `The ${job.kind} was begun ${maxAttempts} times without getting on, and broke off each time${whereToLook(job)}, and at the log of the workers, before it is tried again.`,
  })
}

function whereToLook({ kind, source_key, checkpoint_row, checkpoint_byte, processed }: JobRow): string {
  if (kind === 'export') return ` behind ${processed} rows; look at what it selects there`
  if (source_key === null) return ' while its file was fetched; look at the server of the file'
  return ` behind row ${checkpoint_row} of the file (byte ${checkpoint_byte}); look at the records there`
}
