// One delivery of a job id: claim, work while the heart beats for it, end. A job that is someone else's is left alone.
import { ownerOfFault } from '../../errors/fault-table.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/client.ts'
import { withPause } from '../../queue/pauses.ts'
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
import type { Outages } from './outages.ts'

export interface WorkerContext extends FailContext, Claimant {
  readonly heart: Heart
  /** Attempts at a job that does not get on, before it fails. */
  readonly maxAttempts: number
  readonly observer: JobObserver
  readonly outages: Outages
  /** Hours without progress for which a job waits for shared infrastructure. */
  readonly outageLimitHours: number
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
    context.outages.settle(job.id)
  } catch (error) {
    await giveUpOrBack(job, error, context, signal)
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
    // Not said, it would be a worker that is thought to live until the lease runs out.
    if (await store.release(job.id, job.token, { counts: false })) throw fault
    // Cancelled, or taken over by somebody who thinks that this process died of the job.
    return store.survived(job.id, job.token, context.name)
  }
  context.outages.settle(job.id)
  if (fault.retryable && (job.attempts < maxAttempts || (await hasProgressed(job, store)))) {
    const release = () => store.release(job.id, job.token, { counts: true })
    if (!(await patiently(release, { forMs: leaseSeconds * 1000 }))) return
    throw fault
  }
  await patiently(() => failJob(job, fault, context), { forMs: leaseSeconds * 1000, signal })
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
    if (now?.token !== job.token) return undefined
    if (isOver(now, outageLimitHours)) {
      await failJob(job, fault, context)
      outages.settle(job.id)
      return undefined
    }
    const { code, message } = fault
    const ageSeconds = (performance.now() - metAt) / 1000
    return store.wait(job.id, job.token, { code, message, ageSeconds })
  }
  const pauseSeconds = await patiently(say, { forMs: Number.POSITIVE_INFINITY, signal })
  if (pauseSeconds !== undefined) throw withPause(fault, pauseSeconds * 1000)
  await store.survived(job.id, job.token, context.name)
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
